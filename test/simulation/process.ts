/** Something to wait for: it calls back once. */
export type Wait = (resume: () => void) => void;

/** What happens one after another in virtual time: a generator of what it waits for. */
export type Process<Result = void> = Generator<Wait, Result, void>;

/** Starts a process, which goes on until its end, or until it is no longer alive. */
export const spawn = (process: Process, isAlive: () => boolean): void => {
  const go = (): void => {
    if (!isAlive()) return;
    const { value, done } = process.next();
    if (!done) value(go);
  };
  go();
};
