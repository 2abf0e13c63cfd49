import { setImmediate as turn } from "node:timers/promises";
import { lastValueFrom, tap } from "rxjs";
import { expect, it } from "vitest";
import { model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { learnFrom } from "../../src/scale/learnFrom.ts";
import { memoryLog } from "../../src/scale/memoryLog.ts";
import type { UpdateLog } from "../../src/scale/updateLog.ts";
import { arrayInput, type Event, eventsOf, tally } from "./arrays.ts";
import { manualClock } from "./manualClock.ts";

/** A client whose blobs come late, from a moment on until another. */
const lateBlobs = (log: UpdateLog) => {
  let held: Promise<void> | undefined;
  let release = (): void => {};
  const missing: string[] = [];
  const late: UpdateLog = {
    ...log,
    getBlob: async (name) => {
      await held;
      const bytes = await log.getBlob(name);
      if (!bytes) missing.push(name);
      return bytes;
    },
  };
  return {
    late,
    missing,
    hold: () => {
      held = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => {
      held = undefined;
      release();
    },
  };
};

/** Two workers, of whom one reads a blob so slowly that it is deleted meanwhile. */
const learnSlowly = async () => {
  const events = eventsOf(2, 400);
  const log = memoryLog({ maxBody: 300 });
  const clock = manualClock();
  const slow = lateBlobs(log.client());
  const nets = [1, 1].map((seed) => model(chain(dense(3, 8), dense(8, 1)), { seed }));
  let [stuck, rounds] = [-1, 0];
  const done = { fast: false, slow: false };
  const start = (worker: "fast" | "slow", own: UpdateLog, heard: (round: number) => void) =>
    lastValueFrom(
      learnFrom(arrayInput(events, { before: () => turn() }), {
        ...{ log: own, worker, model: nets[worker === "fast" ? 0 : 1]!, workers: 2, timeout: 1000 },
        ...{ loss: meanSquaredError(), optimizer: sgd(0.05), batch: 8, every: 2, snapshotEvery: 2 },
        ...{ samples: ({ x, y }: Event) => ({ x, y }), statistics: { seen: tally() }, scheduler: clock },
      }).pipe(tap(({ round }) => heard(round))),
    ).finally(() => {
      done[worker] = true;
    });
  const lasts = Promise.all([
    start("fast", log.client(), (round) => {
      rounds = round;
    }),
    start("slow", slow.late, (round) => {
      if (round !== 3 || stuck >= 0) return;
      stuck = round;
      slow.hold();
    }),
  ]);
  const waiting = (async () => {
    while (!(done.fast || done.slow) && (stuck < 0 || rounds < stuck + 12)) {
      await turn();
      if (stuck >= 0) clock.advance(10);
    }
    slow.release();
    while (!(done.fast && done.slow)) {
      await turn();
      clock.advance(10);
    }
  })();
  const [{ shared }] = await lasts;
  await waiting;
  const seen = shared.seen as Map<string, number>;
  const [fast, other] = nets.map((net) => Array.from(net.weights.values.data));
  return { missing: slow.missing.length, counts: [seen.size, Math.max(...seen.values())], fast, other };
};

it("learnFrom() goes on from the newer snapshot when the blob of a message is deleted while it reads slowly", async () => {
  const { missing, counts, fast, other } = await learnSlowly();
  expect(missing).toBeGreaterThan(0);
  expect(counts).toEqual([800, 1]);
  expect(other).toEqual(fast);
});
