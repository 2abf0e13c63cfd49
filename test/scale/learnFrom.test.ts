import { from, lastValueFrom, toArray } from "rxjs";
import { expect, it } from "vitest";
import { mean } from "../../src/folds/mean.ts";
import { over } from "../../src/folds/over.ts";
import { model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { learnFrom } from "../../src/scale/learnFrom.ts";
import { memoryLog } from "../../src/scale/memoryLog.ts";
import { minibatch } from "../../src/streams/minibatch.ts";
import { train } from "../../src/streams/train.ts";
import { arrayInput, type Event, eventsOf, tally } from "./arrays.ts";

const net = (seed = 1) =>
  model(chain(dense(3, 8, { activation: "tanh" }), dense(8, 1)), { seed, numerics: "reproducible" });
const common = {
  loss: meanSquaredError(),
  optimizer: sgd(0.05),
  samples: ({ x, y }: Event) => ({ x, y }),
  batch: 8,
};
const weightsOf = (m: ReturnType<typeof net>): readonly number[] => Array.from(m.weights.values.data);

it("learnFrom() with one worker and one step a round is train, bit by bit", async () => {
  const events = eventsOf(1, 200);
  for (const optimizer of [sgd(0.05), adam(0.01)]) {
    const [alone, together] = [net(), net()];
    await lastValueFrom(
      from(events.get("p0")!).pipe(minibatch(8), train(alone, { loss: common.loss, optimizer })),
    );
    const rounds = await lastValueFrom(
      learnFrom(arrayInput(events), {
        ...common,
        ...{ log: memoryLog(), worker: "a", model: together, optimizer, every: 1 },
      }).pipe(toArray()),
    );
    expect(weightsOf(together)).toEqual(weightsOf(alone));
    expect(rounds.filter(({ samples }) => samples > 0)).toHaveLength(25);
  }
});

it("learnFrom() gives four workers the same weights, each event once, and acknowledges all", async () => {
  const events = eventsOf(4, 200);
  const acked = new Set<Event>();
  const log = memoryLog();
  const nets = ["a", "b", "c", "d"].map((worker, i) => ({ worker, net: net(i) }));
  const lasts = await Promise.all(
    nets.map(({ worker, net }) =>
      lastValueFrom(
        learnFrom(arrayInput(events, { acked }), {
          ...common,
          ...{ log: log.client(), worker, model: net, every: 4, workers: 4, snapshotEvery: 3 },
          statistics: { seen: tally(), mean: over((e: Event) => e.y, mean()) },
        }),
      ),
    ),
  );
  for (const { net } of nets) expect(weightsOf(net)).toEqual(weightsOf(nets[0]!.net));
  expect(acked.size).toBe(800);
  const seen = lasts[0]!.shared.seen as Map<string, number>;
  expect(seen.size).toBe(800);
  expect(new Set(seen.values())).toEqual(new Set([1]));
  expect(lasts[0]!.members).toEqual(["a", "b", "c", "d"]);
});
