import { setImmediate as turn } from "node:timers/promises";
import type { Random } from "../../src/math/random.ts";
import type { UpdateLog } from "../../src/scale/updateLog.ts";

/** A client whose calls take random times, which can hang for a while, and be killed so that nothing of it is heard any more. */
export interface TroubledLog extends UpdateLog {
  hang(): void;
  goOn(): void;
  kill(): void;
}

export const troubledLog = (log: UpdateLog, rng: Random): TroubledLog => {
  let hanging: Promise<void> | undefined;
  let goOn = (): void => {};
  let dead = false;
  const way = async (): Promise<void> => {
    for (let turns = rng.below(4); turns > 0; turns--) await turn();
    while (hanging) await hanging;
    if (dead) await new Promise(() => {});
  };
  const slow =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await way();
      const result = await call(...args).catch((error: unknown) => ({ error, failed: true as const }));
      await way(); // the answer may get lost although the call had its effect
      if (typeof result === "object" && result !== null && "failed" in result) throw result.error;
      return result as Result;
    };
  return {
    maxBody: log.maxBody,
    append: slow(log.append),
    lastOf: slow(log.lastOf),
    purge: slow(log.purge),
    putBlob: slow(log.putBlob),
    getBlob: slow(log.getBlob),
    deleteBlob: slow(log.deleteBlob),
    getPointer: slow(log.getPointer),
    setPointer: slow(log.setPointer),
    async *read(from, signal) {
      for await (const entry of log.read(from, signal)) {
        if (rng.below(3) === 0) await way();
        if (signal.aborted) return;
        yield entry;
      }
    },
    async *watchPointer(name, signal) {
      for await (const pointer of log.watchPointer(name, signal)) {
        await way();
        yield pointer;
      }
    },
    close: log.close,
    hang: () => {
      hanging ??= new Promise((resolve) => {
        goOn = () => {
          hanging = undefined;
          resolve();
        };
      });
    },
    goOn: () => goOn(),
    kill: () => {
      dead = true;
    },
  };
};
