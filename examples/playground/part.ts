/** A part of the page that stands there from the beginning. */
export const part = <E extends Element>(id: string, kind: abstract new () => E): E => {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
};
