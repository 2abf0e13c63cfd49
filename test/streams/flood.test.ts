import { PassThrough } from "node:stream";
import { fromEvent, lastValueFrom, type Observable, scan, takeUntil, tap } from "rxjs";
import { expect, it } from "vitest";
import { model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { backpressure, type Load } from "../../src/streams/backpressure.ts";
import { fromPull } from "../../src/streams/fromPull.ts";
import { minibatch } from "../../src/streams/minibatch.ts";
import type { Sample } from "../../src/streams/sample.ts";
import { train } from "../../src/streams/train.ts";

const count = 4000;
const sample = (i: number): Sample => ({ x: [i % 7, i % 3], y: i });

/** Learns what comes, slowly; answers how many rows, and whether they came in order. */
const learned = (samples$: Observable<Sample>): Promise<{ rows: number; ordered: boolean }> => {
  const net = model(chain(dense(2, 8, { activation: "tanh" }), dense(8, 1)), { seed: 1 });
  const start = { rows: 0, ordered: true };
  return lastValueFrom(
    samples$.pipe(
      minibatch(8),
      train(net, { loss: meanSquaredError(), optimizer: sgd(1e-12), predictions: true }),
      tap(() => {
        for (const end = performance.now() + 0.2; performance.now() < end; );
      }),
      scan(
        ({ rows, ordered }, { target }) => ({
          rows: rows + target.rows,
          ordered: ordered && target.data.every((y, i) => y === rows + i),
        }),
        start,
      ),
    ),
  );
};

it("fromPull() loses nothing of a generator that could go faster than the learner, and is never more than `ahead` in front", async () => {
  let [made, taken, lead] = [0, 0, 0];
  async function* source() {
    while (made < count) {
      lead = Math.max(lead, made - taken);
      yield sample(made++);
    }
  }
  const samples$ = fromPull(source, { ahead: 16, ms: 1 });
  expect(await learned(samples$.pipe(tap(() => taken++)))).toEqual({ rows: count, ordered: true });
  expect(lead).toBeLessThanOrEqual(16);
  expect(lead).toBeGreaterThan(0);
});

it("backpressure() that blocks loses nothing of a socket that pauses, with a bounded queue", async () => {
  const socket = new PassThrough({ objectMode: true, highWaterMark: 4 });
  let last: Load | undefined;
  let pauses = 0;
  const events$ = fromEvent(socket, "data", (value: Sample) => value).pipe(
    takeUntil(fromEvent(socket, "end")),
    backpressure({
      capacity: 64,
      overflow: "block",
      ms: 1,
      pause: () => {
        pauses++;
        socket.pause();
      },
      resume: () => void socket.resume(),
      load: (load) => {
        last = load;
      },
    }),
  );
  const done = learned(events$);
  for (let i = 0; i < count; i++) socket.write(sample(i)); // all at once
  socket.end();
  expect(await done).toEqual({ rows: count, ordered: true });
  expect(last).toMatchObject({ depth: 0, received: count, delivered: count, dropped: 0 });
  expect(last!.peak).toBeLessThanOrEqual(64);
  expect(pauses).toBeGreaterThan(5);
});
