import { crc32 } from "node:zlib";
import type { Delivery } from "../adapters/delivery.ts";
import type { Batch } from "../graph/batch.ts";
import type { Learned } from "../graph/learning.ts";
import { trainer } from "../graph/trainer.ts";
import { isInvalidInput } from "../math/invalid.ts";
import type { Data } from "../math/matrix.ts";
import { random } from "../math/random.ts";
import { checkSample } from "../streams/checkSample.ts";
import { collector } from "../streams/collector.ts";
import { refusalOf } from "../streams/refusalOf.ts";
import type { Sample, SparseSample } from "../streams/sample.ts";
import { gathering } from "./gathering.ts";
import type { Settings, Shared } from "./learnFromOptions.ts";
import type { LocalRound } from "./localRound.ts";
import { initialStates } from "./sharedFolds.ts";

/** The training of one worker: an ordinary trainer, whose model begins each round where it is told. */
export interface LocalTraining<Value> {
  begin(round: number, weights: Data, buffers: Data, shared: Shared): LocalRound<Value>;
  close(): void;
}

export const localTraining = <Value>(actor: string, settings: Settings<Value>): LocalTraining<Value> => {
  const { model, loss, optimizer, classWeight, guard, batch: size, worker, clock } = settings;
  const { statistics, metrics, samples: sampleOf, onInvalid, renew } = settings;
  const options = { loss, optimizer, ...(classWeight ? { classWeight } : {}), ...(guard ? { guard } : {}) };
  const engine = trainer(model, options, actor);
  const scored = Object.entries(metrics);
  const sound = { inputs: model.inputs, precision: model.weights.kernels.precision };
  const offset = crc32(worker);
  let seen = 0;

  return {
    begin: (round, weights, buffers, shared) => {
      model.turn(() => {
        model.weights.values.data.set(weights);
        model.weights.buffers.data.set(buffers);
      }, undefined);
      model.weights.layers.forEach((layer, i) => {
        layer.random.state.set(random(model.weights.seed ^ offset ^ Math.imul(round, 0x9e3779b1), i).state);
      });
      if (renew === "round") for (const rule of [...model.weights.rules]) rule.restart();
      const scores = initialStates(metrics);
      const counts = { samples: 0, steps: 0, loss: 0, skipped: 0, time: 0 };
      const deliveries: Delivery<Value>[] = [];
      const rows = collector(actor, size);
      let waiting = 0;
      const learnOne = (batch: Batch): Learned | undefined => {
        try {
          return engine.learn(batch);
        } catch (error) {
          if (onInvalid === "error" || !isInvalidInput(error)) throw error;
          counts.samples -= batch.y.rows;
          counts.skipped += batch.y.rows;
          return undefined;
        }
      };
      const learn = (): void => {
        if (waiting === 0) return;
        waiting = 0;
        const batch = rows.take();
        const started = clock();
        model.turn(() => {
          const learned = learnOne(batch);
          if (!learned) return;
          counts.loss += learned.loss;
          counts.steps++;
          if (scored.length === 0) return;
          const prediction = engine.prediction();
          const { y: target, weight } = batch;
          const step = { ...learned, prediction: loss.answer?.(prediction) ?? prediction, target };
          for (const [name, fold] of scored)
            scores[name] = fold.step(scores[name], weight ? { ...step, weight } : step);
        }, undefined);
        counts.time += clock() - started;
      };
      const refuse = (item: unknown, error: unknown): void => {
        const refusal = refusalOf(actor, item, error);
        if (onInvalid === "error" || !refusal) throw refusal ?? error;
        counts.skipped++;
      };
      /** Whether the work was done. */
      const unlessInvalid = (item: unknown, work: () => void): boolean => {
        try {
          work();
          return true;
        } catch (error) {
          refuse(item, error);
          return false;
        }
      };
      const gathered = gathering(actor, statistics, refuse);
      const put = (sample: Sample | SparseSample): boolean => {
        const taken = unlessInvalid(sample, () => {
          if (onInvalid === "skip") checkSample(actor, sample, seen, sound);
          waiting = rows.push(sample, seen);
          counts.samples++;
        });
        if (waiting === size) learn();
        return taken;
      };
      return {
        get samples() {
          return counts.samples;
        },
        get steps() {
          return counts.steps;
        },
        get loss() {
          return counts.loss;
        },
        get skipped() {
          return counts.skipped;
        },
        get time() {
          return counts.time;
        },
        get statistics() {
          return { ...gathered.states, ...scores };
        },
        deliveries,
        take: (delivery) => {
          deliveries.push(delivery);
          seen++;
          const { value } = delivery;
          let samples: readonly (Sample | SparseSample)[] = [];
          const read = unlessInvalid(value, () => {
            const given = sampleOf(value, shared) ?? [];
            samples = Array.isArray(given) ? given : [given];
          });
          const taken = samples.filter(put);
          if (read && (taken.length > 0 || samples.length === 0)) gathered.take(value);
        },
        flush: () => {
          learn();
          gathered.settle();
        },
      };
    },
    close: () => engine.close(),
  };
};
