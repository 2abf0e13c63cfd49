import type { Batch } from "../graph/batch.ts";
import type { Renewal } from "../graph/renewal.ts";
import type { Matrix } from "../math/matrix.ts";
import { isSparse } from "../math/sparse.ts";

/** Whether some row of a batch uses a column, an index or a class as it was before it got another meaning. */
export const usesRenewed = (
  { x, y }: Pick<Batch, "x" | "y">,
  { inputs = [], indices = [], outputs = [] }: Renewal,
): boolean =>
  inputs.some((column) => holds(x, column, (v) => v !== 0)) ||
  indices.some(({ column, index }) => holds(x, column, (v) => v === index)) ||
  outputs.some((j) => (y.cols === 1 ? holds(y, 0, (v) => v === j) : holds(y, j, (v) => v !== 0)));

const holds = (m: Matrix, column: number, is: (value: number) => boolean): boolean => {
  if (isSparse(m)) return m.indices.some((j, k) => j === column && is(m.values[k]!));
  for (let i = column; i < m.data.length; i += m.cols) if (is(m.data[i]!)) return true;
  return false;
};

/** Whether what a record calls renewed has the form of it; whether there are such columns is for the model to say. */
export const isRenewal = (value: unknown): value is Renewal => {
  if (typeof value !== "object" || value === null) return false;
  const { inputs = [], indices = [], outputs = [] } = value as Record<keyof Renewal, unknown>;
  return (
    [inputs, outputs].every((list) => Array.isArray(list)) &&
    Array.isArray(indices) &&
    indices.every((one) => typeof one === "object" && one !== null)
  );
};

/** Both, as one. */
export const bothRenewals = (a: Renewal | undefined, b: Renewal): Renewal => {
  if (!a) return b;
  const { inputs = [], indices = [], outputs = [] } = a;
  return {
    inputs: [...inputs, ...(b.inputs ?? [])],
    indices: [...indices, ...(b.indices ?? [])],
    outputs: [...outputs, ...(b.outputs ?? [])],
  };
};
