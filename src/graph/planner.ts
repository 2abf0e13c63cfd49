import type { Layer, Pass } from "../layers/layer.ts";
import type { Matrix, Value } from "../math/matrix.ts";
import { fit } from "./fit.ts";
import type { LayerWeights } from "./weights.ts";
import type { Wiring } from "./wire.ts";

/** How many batch sizes a node keeps buffers for; the one that was used least recently makes room for a new one. */
const sizes = 8;

/** Plans a layer's buffers once for each batch size, and finds the plan for a value. */
export const planner = <A extends Value, B extends Value>(
  layer: Layer<A, B>,
  own: LayerWeights,
  { circuit, from, wantsGrad }: Wiring,
): ((value: A) => Pass<A, B>) => {
  const { kernels, afterUpdate } = circuit.weights;
  const plans = new Map<string, Pass<A, B>>();
  let last: Pass<A, B>;
  let lastRows = -1;
  let lastWidths: readonly number[] = [];

  const plan = (value: A): Pass<A, B> => {
    const inputs = matricesOf(value);
    const rows = inputs[0]!.rows;
    const widths = inputs.map((m) => m.cols);
    fit(layer, widths, from);
    const key = `${rows}×${widths}`;
    const found = plans.get(key);
    plans.delete(key);
    if (!found && plans.size >= sizes) plans.delete(plans.keys().next().value!);
    const pass =
      found ??
      layer.plan({
        rows,
        widths,
        kernels,
        parameters: own.parameters,
        buffers: own.buffers,
        random: own.random,
        wantsInputGrad: wantsGrad,
        afterUpdate,
        zeros: (r, c) => ({ rows: r, cols: c, data: kernels.allocate(r * c) }),
      });
    plans.set(key, pass);
    last = pass;
    lastRows = rows;
    lastWidths = widths;
    return pass;
  };

  return (value) => (sameShape(value, lastRows, lastWidths) ? last : plan(value));
};

/** The matrices that a value is made of. */
export const matricesOf = (value: Value): readonly Matrix[] => ("cols" in value ? [value] : value);

const sameShape = (value: Value, rows: number, widths: readonly number[]): boolean => {
  if ("cols" in value) return value.rows === rows && value.cols === widths[0];
  if (value.length !== widths.length) return false;
  for (let i = 0; i < value.length; i++)
    if (value[i]!.rows !== rows || value[i]!.cols !== widths[i]) return false;
  return true;
};
