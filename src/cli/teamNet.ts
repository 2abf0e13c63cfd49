import { createHash } from "node:crypto";
import { classes, type Label } from "../features/classes.ts";
import { targetScaling } from "../folds/targetScaling.ts";
import { type Model, model } from "../graph/model.ts";
import { chain } from "../graph/plan.ts";
import { dense } from "../layers/dense.ts";
import { huber } from "../losses/huber.ts";
import type { Loss } from "../losses/loss.ts";
import { seenCrossentropy, seenSoftmax } from "../losses/seenCrossentropy.ts";
import { heUniform, zeroInit } from "../math/initializers.ts";
import { adam } from "../optimizers/adam.ts";
import { clipByGlobalNorm } from "../optimizers/clipByGlobalNorm.ts";
import { inOrder } from "../optimizers/inOrder.ts";
import type { Rule } from "../optimizers/rule.ts";
import type { Classified, OnlineClassifierState } from "../streams/classified.ts";
import { onlineRows } from "../streams/onlineRows.ts";
import type { OnlineRegressorState, Regressed } from "../streams/regressed.ts";
import type { Sample, SparseSample } from "../streams/sample.ts";
import { failure } from "./failure.ts";
import type { Answer } from "./learnerOf.ts";
import type { OpenModel } from "./openModel.ts";
import { type Event, schemaOf } from "./schemaOf.ts";

/** One net of a file's learner, which many workers learn together; how events become rows stays as the file has it. */
export interface TeamNet {
  readonly model: Model;
  readonly loss: Loss;
  readonly optimizer: () => Rule;
  /** The same for all who have the same file. */
  readonly fingerprint: string;
  /** What an event teaches; undefined for a label that the file does not know. */
  sample(event: Event, truth: Label): Sample | SparseSample | undefined;
  predict(event: Event): Answer;
  labels(): readonly Label[];
}

/** The net is the steady one of the file's learner, and goes on from its weights. @throws Failure for a file that has learned nothing */
export const teamNet = (path: string, { recipe, learner }: OpenModel): TeamNet => {
  const { task, seed, classes: k } = recipe;
  const saved = structuredClone(learner.part.state) as OnlineClassifierState | OnlineRegressorState;
  const known = "classes" in saved ? saved.classes : undefined;
  const seen = known?.vocabulary.keys.length ?? 1;
  if (seen === 0 || saved.rows.columns.every(({ weight }) => weight === 0))
    throw failure(
      `${path} has learned nothing yet, so that it does not know the labels; rxgrad train teaches it`,
    );
  const rows = onlineRows(schemaOf(recipe));
  Object.assign(rows.state, saved.rows);
  const { width, sparse } = rows;
  const net = model(
    chain(
      dense(width, hidden, { activation: "relu", init: heUniform(), sparse }),
      dense(hidden, k, { init: zeroInit() }),
    ),
    { seed },
  );
  const steady = learner.models.steady!.weights.values.data;
  net.weights.values.data.set(steady);
  const named = classes({ capacity: k });
  const scaling = targetScaling();
  const rowOf = (event: Event) => rows.row(event, []).plain;
  const common = {
    model: net,
    fingerprint: createHash("sha256")
      .update(JSON.stringify([recipe, saved]))
      .update(steady)
      .digest("hex")
      .slice(0, 16),
    optimizer: () =>
      inOrder(
        clipByGlobalNorm(1),
        adam(task === "classification" ? 0.01 : 0.003, sparse ? { lazy: true } : {}),
      ),
  };
  const taught = (event: Event, y: ArrayLike<number>): Sample | SparseSample => {
    const x = rowOf(event);
    return "data" in x ? { x: x.data, y } : { x, y };
  };
  if (!known) {
    const { target } = saved as OnlineRegressorState;
    return {
      ...common,
      loss: huber(),
      sample: (event, truth) => taught(event, [scaling.scale(target, truth as number)]),
      predict: (event): Regressed => {
        const value = scaling.unscale(target, net.predict(rowOf(event)).data[0]!);
        return { value, said: [[value]], after: 0 };
      },
      labels: () => [],
    };
  }
  return {
    ...common,
    loss: seenCrossentropy(),
    sample: (event, truth) => {
      const y = named.indexOf(known, truth);
      if (y < 0) return undefined;
      const target = new Float64Array(k).fill(-1, seen);
      target[y] = 1;
      return taught(event, target);
    },
    predict: (event): Classified => {
      const p = seenSoftmax(net.predict(rowOf(event)).data, seen);
      const probabilities = new Map(
        Array.from({ length: seen }, (_, j) => [named.labelOf(known, j)!, p[j]!]),
      );
      const [label] = [...probabilities].reduce((a, b) => (b[1] > a[1] ? b : a));
      return { label, probabilities, said: [p], after: -1 };
    },
    labels: () => named.read(known),
  };
};

/** As many as the learners of rxgrad train have. */
const hidden = 32;
