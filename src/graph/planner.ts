import type { Layer, Pass } from "../layers/layer.ts";
import type { Matrix, Value } from "../math/matrix.ts";
import { fit } from "./fit.ts";
import type { LayerWeights } from "./weights.ts";
import type { Wiring } from "./wire.ts";

/** How many batch sizes a node keeps plans for; the one that was used least recently makes room for a new one. */
const sizes = 8;

/** Finds the plan for a value, and gives its buffers back at the end. */
export interface Planner<A extends Value, B extends Value> {
  passFor(value: A): Pass<A, B>;
  free(): void;
}

/** Plans a layer's buffers once for each batch size. */
export const planner = <A extends Value, B extends Value>(
  layer: Layer<A, B>,
  own: LayerWeights,
  { circuit, from, wantsGrad }: Wiring,
): Planner<A, B> => {
  const { kernels, afterUpdate } = circuit.weights;
  const plans = new Map<string, { readonly pass: Pass<A, B>; readonly buffers: readonly Matrix[] }>();
  let last: Pass<A, B>;
  let lastRows = -1;
  let lastWidths: readonly number[] = [];

  const drop = (key: string): void => {
    for (const buffer of plans.get(key)?.buffers ?? []) kernels.free(buffer);
    plans.delete(key);
  };
  const plan = (value: A): Pass<A, B> => {
    const inputs = matricesOf(value);
    const rows = inputs[0]!.rows;
    const widths = inputs.map((m) => m.cols);
    fit(layer, widths, from);
    const key = `${rows}×${widths}`;
    let found = plans.get(key);
    plans.delete(key);
    if (!found) {
      if (plans.size >= sizes) drop(plans.keys().next().value!);
      const buffers: Matrix[] = [];
      const pass = layer.plan({
        rows,
        widths,
        kernels,
        parameters: own.parameters,
        buffers: own.buffers,
        random: own.random,
        wantsInputGrad: wantsGrad,
        afterUpdate,
        zeros: (r, c) => {
          const buffer = kernels.zeros(r, c);
          buffers.push(buffer);
          return buffer;
        },
      });
      found = { pass, buffers };
    }
    plans.set(key, found);
    last = found.pass;
    lastRows = rows;
    lastWidths = widths;
    return last;
  };

  return {
    passFor: (value) => (sameShape(value, lastRows, lastWidths) ? last : plan(value)),
    free: () => {
      lastRows = -1;
      for (const key of [...plans.keys()]) drop(key);
    },
  };
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
