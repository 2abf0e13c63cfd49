import { finite, invalid, knownOptions, whole } from "../math/invalid.ts";
import { type Matrix, shapeOf, zeros } from "../math/matrix.ts";
import type { Loss } from "./loss.ts";

/** What one head of a net is for: its columns of the prediction and of the target, and how much it matters. */
export interface Task {
  readonly loss: Loss;
  /** Columns of the prediction. */
  readonly outputs: number;
  /** Columns of the target; as many as outputs when left out (class indices take 1). */
  readonly targets?: number;
  /** A factor on value and gradient. */
  readonly weight?: number;
}

/**
 * A weighted sum of losses over consecutive blocks of columns, for a net whose heads are concatenated: the first task
 * takes the first columns of prediction and target, and so on.
 * @throws InvalidInputError without tasks, for a block that is empty, and for a weight that is negative.
 * @example multitask({ loss: huber(), outputs: 1 }, { loss: categoricalCrossentropy(), outputs: 3, targets: 1 })
 */
export const multitask = (...tasks: readonly Task[]): Loss => {
  const source = `multitask(${tasks.map(print).join(", ")})`;
  if (tasks.length === 0) throw invalid(source, "at least 1 task", "0");
  let [p, t] = [0, 0];
  const parts = tasks.map((task) => {
    knownOptions(source, task, ["loss", "outputs", "targets", "weight"]);
    const { loss, outputs, targets = outputs, weight = 1 } = task;
    whole(source, "outputs", outputs);
    whole(source, "targets", targets);
    finite(source, "weight", weight, { min: 0 });
    const part = { loss, outputs, targets, weight, p, t };
    [p, t] = [p + outputs, t + targets];
    return part;
  });
  const fits = (target: Matrix, width: number) => {
    if (width !== p) throw invalid(source, `predictions of ${p} columns`, String(width));
    if (target.cols !== t) throw invalid(source, `targets of ${t} columns`, shapeOf(target));
  };
  const loss = (prediction: Matrix, target: Matrix, rowWeights?: Matrix, into?: Matrix) => {
    fits(target, prediction.cols);
    const grad = into ?? like(prediction, prediction.cols);
    let value = 0;
    for (const { loss, outputs, targets, weight, p, t } of parts) {
      const part = loss(block(prediction, p, outputs), block(target, t, targets), rowWeights);
      value += weight * part.value;
      for (let i = 0; i < grad.rows; i++)
        for (let j = 0; j < outputs; j++)
          grad.data[i * grad.cols + p + j] = weight * part.grad.data[i * outputs + j]!;
    }
    return { value, grad };
  };
  const check = (target: Matrix, width: number) => {
    fits(target, width);
    for (const { loss, outputs, targets, t } of parts) loss.check(block(target, t, targets), outputs);
  };
  return Object.assign(loss, { source, check });
};

const print = ({ loss, outputs, targets, weight }: Task): string => {
  const rest = `${targets === undefined ? "" : `, targets: ${targets}`}${weight === undefined ? "" : `, weight: ${weight}`}`;
  return `{ loss: ${loss.source}, outputs: ${outputs}${rest} }`;
};

const like = (m: Matrix, cols: number): Matrix =>
  zeros(m.rows, cols, m.data instanceof Float32Array ? "float32" : "float64");

/** A copy of some columns. */
const block = (m: Matrix, from: number, cols: number): Matrix => {
  const part = like(m, cols);
  for (let i = 0; i < m.rows; i++)
    part.data.set(m.data.subarray(i * m.cols + from, i * m.cols + from + cols), i * cols);
  return part;
};
