import { blame, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import type { Batch } from "./batch.ts";
import type { Model } from "./model.ts";
import type { Renewal } from "./renewal.ts";
import { colsOfOutputs, rowsOfIndex, rowsOfInputs, type Traced } from "./tracedColumns.ts";
import type { Weights } from "./weights.ts";

/**
 * Lets a model forget what it has learned of columns that got another meaning: the weights that read them in the first
 * layers, or make them in the last, become zero, and so does what every rule at work on the model keeps for these. All
 * other weights and moments stay bit-identical, and so do the answers to inputs that are 0 in these columns. A column may
 * go to `dense` through `columns`, `parallel`, `dropout` and whatever else keeps columns apart and 0 as 0; an index goes to an
 * `embedding`, which forgets it for all the columns that it reads. An output may pass activations, sums and `hedge`. During
 * a batch it waits until the batch is done.
 * @throws InvalidInputError for columns that there are not, and where a layer such as `conv1d` or `layerNorm` mixes them with
 * others; nothing has changed then.
 */
export const forget = (model: Model, renewal: Renewal): void => {
  const ranges = rangesOf(model, checked(model, renewal));
  if (ranges.length > 0) model.turn(erase, { weights: model.weights, ranges });
};

/**
 * Forgets what a batch says was renewed, on behalf of whoever learns from it, in whose turn it runs.
 * @throws InvalidInputError for columns that there are not, as for other bad data; nothing has changed then.
 */
export const forgetRenewed = (actor: string, model: Model, batch: Pick<Batch, "renewed" | "fresh">): void => {
  const renewed = batch?.renewed ?? batch?.fresh?.renewed;
  if (renewed === undefined) return;
  const renewal = checked(model, renewed);
  let ranges: readonly Range[];
  try {
    ranges = rangesOf(model, renewal);
  } catch (error) {
    throw blame(actor, error); // the plan is to blame: skipping bad batches must not hide it
  }
  erase({ weights: model.weights, ranges });
};

type Range = readonly [from: number, to: number];

const actor = "forget()";

/** What is renewed, if there is all of it. */
const checked = (model: Model, renewal: Renewal): Required<Renewal> => {
  knownOptions(actor, renewal, ["inputs", "indices", "outputs"]);
  const { inputs = [], indices = [], outputs = [] } = renewal;
  if (!Array.isArray(indices)) throw invalid(actor, "a list as indices", inWords(indices));
  columnsIn("inputs", inputs, model.inputs);
  for (const { column, index } of indices) {
    columnsIn("indices", [column], model.inputs);
    whole(actor, "index", index, 0);
  }
  columnsIn("outputs", outputs, model.outputs);
  return { inputs, indices, outputs };
};

const rangesOf = (model: Model, { inputs, indices, outputs }: Required<Renewal>): readonly Range[] => {
  const traced: Traced[] = [];
  if (inputs.length > 0) traced.push(...rowsOfInputs(actor, model, inputs));
  for (const { column, index } of indices) traced.push(...rowsOfIndex(actor, model, column, index));
  if (outputs.length > 0) traced.push(...colsOfOutputs(actor, model, outputs));
  return traced.flatMap((one) => rangesIn(model.weights, one));
};

const columnsIn = (what: string, columns: readonly number[], width: number | undefined): void => {
  if (!Array.isArray(columns) && !ArrayBuffer.isView(columns))
    throw invalid(actor, `a list of columns as ${what}`, inWords(columns));
  for (const column of columns)
    if (whole(actor, `column in ${what}`, column, 0) >= (width ?? Number.POSITIVE_INFINITY))
      throw invalid(actor, `columns below ${width} as ${what}`, String(column));
};

/** Where rows or columns of a parameter stand among all weights. */
const rangesIn = (
  weights: Weights,
  { layer, parameter, rows = [], cols: few = [] }: Traced,
): readonly Range[] => {
  const name = `${weights.of(layer).name}.${parameter}`;
  const { offset, rows: height, cols } = weights.values.segments.find((segment) => segment.name === name)!;
  const ofRows = rows.map((i): Range => [offset + i * cols, offset + (i + 1) * cols]);
  const ofCols = few.flatMap((j) =>
    Array.from({ length: height }, (_, i): Range => [offset + i * cols + j, offset + i * cols + j + 1]),
  );
  return [...ofRows, ...ofCols];
};

const erase = ({ weights, ranges }: { weights: Weights; ranges: readonly Range[] }): void => {
  for (const [from, to] of ranges) {
    weights.values.data.fill(0, from, to);
    for (const rule of weights.rules) rule.forget(from, to);
  }
};
