import { isPlain } from "../formats/plainData.ts";
import { isSparse, type Sparse, sparse } from "../math/sparse.ts";

/** An item as plain data, which a checkpoint can keep: a sparse row is no such thing. */
export const plainSample = (item: unknown): unknown => {
  if (!isPlain(item) || !isPlainlySparse(item.x)) return item;
  const { cols, indices, values } = item.x;
  return { ...item, x: { sparse: { cols, indices: indices.slice(), values: values.slice() } } };
};

/** The item that `plainSample` has written. */
export const sampleOfPlain = (item: unknown): unknown => {
  if (!isPlain(item) || !isPlain(item.x) || !isPlain(item.x.sparse)) return item;
  const { cols, indices, values } = item.x.sparse as Pick<Sparse, "cols" | "indices" | "values">;
  const entries = Array.from(indices, (column, k) => [column, values[k]!] as const);
  const precision = values instanceof Float32Array ? "float32" : "float64";
  return { ...item, x: sparse([entries], cols, { precision }) };
};

const isPlainlySparse = (x: unknown): x is Sparse =>
  typeof x === "object" && x !== null && isSparse(x as Sparse);
