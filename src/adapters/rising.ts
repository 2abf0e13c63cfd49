/**
 * A total that never falls, from counts that begin at zero again with each subscription: adds what came since the last, or all of
 * a count that has begun anew.
 */
export const rising = (total: { value: number }): ((count: number) => void) => {
  let last = 0;
  return (count) => {
    total.value += count < last ? count : count - last;
    last = count;
  };
};
