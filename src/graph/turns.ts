/** Jobs that run one after another, also when one asks for the next while it runs. */
export interface Turns {
  turn(job: () => void): void;
  busy(): boolean;
}

/** `Subject.next` is re-entrant and would deliver new before old (rxjs#5173, #6580); here a job that comes meanwhile waits. */
export const turns = (): Turns => {
  const waiting: (() => void)[] = [];
  let busy = false;
  return {
    busy: () => busy,
    turn: (job) => {
      if (busy) {
        waiting.push(job);
        return;
      }
      busy = true;
      let failure: { readonly error: unknown } | undefined;
      for (let next: (() => void) | undefined = job; next; next = waiting.shift())
        try {
          next();
        } catch (error) {
          failure ??= { error }; // whoever waits still gets its turn
        }
      busy = false;
      if (failure) throw failure.error;
    },
  };
};
