import type { Renewal } from "../graph/renewal.ts";
import { isSparse, type Sparse, sparseRow } from "../math/sparse.ts";
import type { Sample, SparseSample } from "./sample.ts";

/** When each column, index and class got another meaning last: plain data. */
export interface RenewalsState {
  readonly inputs: Map<number, number>;
  readonly indices: Map<number, Map<number, number>>;
  readonly outputs: Map<number, number>;
}

export const renewalsState = (): RenewalsState => ({
  inputs: new Map(),
  indices: new Map(),
  outputs: new Map(),
});

/** What got another meaning while samples wait for their labels; it keeps a number for each column, index and class. */
export interface Renewals {
  /** What the sample at `position` renewed. */
  note(renewal: Renewal, position: number): void;
  /**
   * The sample at `position` without what later ones renewed: 0 in these columns, as if it had said nothing. Undefined if its
   * class is no more.
   */
  without(sample: Sample | SparseSample, position: number): Sample | SparseSample | undefined;
}

/** Columns, indices and classes are told apart by who keeps them, each with the position that renewed it last. */
export const renewals = ({ inputs, indices, outputs }: RenewalsState = renewalsState()): Renewals => {
  const later = (
    renewed: ReadonlyMap<number, number> | undefined,
    which: number,
    position: number,
  ): boolean => (renewed?.get(which) ?? -1) > position;
  const isOld = (column: number, value: number, position: number): boolean =>
    value !== 0 && (later(inputs, column, position) || later(indices.get(column), value, position));

  const row = (x: ArrayLike<number>, position: number): ArrayLike<number> => {
    const all = Array.from(x);
    return all.some((v, j) => isOld(j, v, position)) ? all.map((v, j) => (isOld(j, v, position) ? 0 : v)) : x;
  };
  const sparseWithout = (x: Sparse, position: number): Sparse => {
    const kept = Array.from(x.indices, (_, k) => k).filter(
      (k) => !isOld(x.indices[k]!, x.values[k]!, position),
    );
    if (kept.length === x.indices.length) return x;
    return sparseRow(
      x.cols,
      kept.map((k) => x.indices[k]!),
      kept.map((k) => x.values[k]!),
    );
  };
  const hasClass = (y: Sample["y"], position: number): boolean => {
    const list = typeof y === "number" ? [y] : Array.from(y);
    if (list.length === 1) return !later(outputs, list[0]!, position);
    return !list.some((v, j) => v !== 0 && later(outputs, j, position));
  };

  return {
    note: (renewal, position) => {
      for (const column of renewal.inputs ?? []) inputs.set(column, position);
      for (const { column, index } of renewal.indices ?? []) {
        const known = indices.get(column) ?? new Map<number, number>();
        indices.set(column, known.set(index, position));
      }
      for (const j of renewal.outputs ?? []) outputs.set(j, position);
    },
    without: (sample, position) => {
      if (inputs.size + indices.size + outputs.size === 0) return sample;
      if (outputs.size > 0 && !hasClass(sample.y, position)) return undefined;
      const { x } = sample;
      const cleared = isRow(x) ? sparseWithout(x, position) : row(x, position);
      return cleared === x ? sample : ({ ...sample, x: cleared } as Sample | SparseSample);
    },
  };
};

const isRow = (x: Sample["x"] | Sparse): x is Sparse => isSparse(x as Sparse);
