/** Jobs that run one after another, also when one asks for the next while it runs. */
export interface Turns {
  /** Runs the job with the item: now, or when those before it are done. */
  turn<T>(job: (item: T) => void, item: T): void;
  busy(): boolean;
}

/** `Subject.next` is re-entrant and would deliver new before old (rxjs#5173, #6580); here a job that comes meanwhile waits. */
export const turns = (): Turns => {
  const waiting: (() => void)[] = [];
  let busy = false;
  return {
    busy: () => busy,
    turn: (job, item) => {
      if (busy) {
        waiting.push(() => job(item));
        return;
      }
      busy = true;
      let failure: { readonly error: unknown } | undefined;
      try {
        job(item);
      } catch (error) {
        failure = { error };
      }
      while (waiting.length > 0)
        try {
          waiting.shift()!();
        } catch (error) {
          failure ??= { error }; // whoever waits still gets its turn
        }
      busy = false;
      if (failure) throw failure.error;
    },
  };
};
