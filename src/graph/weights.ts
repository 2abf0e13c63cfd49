import type { LayerSpec, Parameter, TensorSpecs } from "../layers/layer.ts";
import { invalid, whole } from "../math/invalid.ts";
import type { Kernels } from "../math/kernels.ts";
import type { Data, Matrix, Precision } from "../math/matrix.ts";
import { type Random, random } from "../math/random.ts";
import { reference } from "../math/reference.ts";
import { simd } from "../math/simd/simd.ts";
import type { Touched, Vector } from "../math/vector.ts";
import { type GrowingVector, growingVector } from "./growingVector.ts";
import type { Keeper } from "./keeper.ts";
import type { Parts } from "./parts.ts";

/** What the weights keep for one layer. */
export interface LayerWeights {
  readonly name: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly buffers: Readonly<Record<string, Matrix>>;
  readonly random: Random;
  /** No gradient of the batch in flight has been written yet, so the first one overwrites and the others add. */
  fresh: boolean;
}

/** All weights of a graph in one vector, all gradients in another; layers hold views. */
export interface Weights {
  readonly kernels: Kernels;
  readonly seed: number;
  readonly values: Vector;
  readonly gradients: Vector;
  /** What is kept but not learned by gradient: running statistics. */
  readonly buffers: Vector;
  /** In layer order, W then b of each dense. */
  readonly parameters: readonly Parameter[];
  readonly layers: readonly LayerWeights[];
  /** The weights of a layer; they are made when it is first seen. The same layer always gets the same ones. */
  of(layer: LayerSpec): LayerWeights;
  /** The rules at work on these weights, and all that is at work on them and has a state to save. */
  readonly rules: Set<Keeper>;
  readonly parts: Parts;
  /** Layers leave here what to do once the batch in flight has changed the weights. */
  afterUpdate(commit: () => void): void;
  /** Does what the layers left to do after an update, or with `discard` forgets it. */
  settle(discard?: boolean): void;
}

export interface WeightsOptions {
  /** Every random number of the model follows from it. */
  readonly seed?: number;
  readonly precision?: Precision;
  readonly numerics?: "fast" | "reproducible";
  /** How many threads share large products, this one among them. */
  readonly threads?: number;
  readonly kernels?: Kernels;
}

/** Empty weights, which grow as layers are wired. */
export const weights = ({
  seed = 0,
  precision = "float32",
  numerics = "fast",
  threads = 1,
  kernels = (precision === "float32" ? simd({ numerics, threads }) : undefined) ?? reference(precision),
}: WeightsOptions = {}): Weights => {
  whole("weights()", "seed", seed, 0);
  if (precision !== "float32" && precision !== "float64")
    throw invalid("weights()", '"float32" or "float64" as precision', String(precision));
  const values = growingVector(kernels);
  const gradients = growingVector(kernels);
  const buffers = growingVector(kernels);
  const parameters: Parameter[] = [];
  const layers: LayerWeights[] = [];
  const known = new Map<LayerSpec, LayerWeights>();
  const commits: (() => void)[] = [];

  const claim = (layer: LayerSpec): LayerWeights => {
    const name = layer.label ?? `${layer.type}${layers.length}`;
    if (layers.some((other) => other.name === name))
      throw invalid(layer.source, "a name that no other layer of the graph has", `"${name}" twice`);
    const start = random(seed, 2 * layers.length);
    const fill = (into: GrowingVector, specs: TensorSpecs) =>
      Object.entries(specs).map(([key, { rows, cols, init }]): [string, Matrix] => {
        const view = into.append(`${name}.${key}`, rows, cols);
        init(view, start);
        return [key, view];
      });
    const own = fill(values, layer.parameters).map(([key, value]): [string, Parameter] => {
      const { rows, cols, sparse } = layer.parameters[key]!;
      const touched = sparse ? { rows: new Int32Array(rows), count: 0 } : undefined;
      const grad = gradients.append(`${name}.${key}`, rows, cols, touched);
      const parameter = { name: `${name}.${key}`, value, grad, ...(touched ? touches(grad, touched) : {}) };
      return [key, parameter];
    });
    const entry: LayerWeights = {
      name,
      parameters: Object.fromEntries(own),
      buffers: Object.fromEntries(fill(buffers, layer.buffers)),
      random: random(seed, 2 * layers.length + 1),
      fresh: true,
    };
    parameters.push(...own.map(([, parameter]) => parameter));
    layers.push(entry);
    known.set(layer, entry);
    return entry;
  };

  return {
    kernels,
    seed,
    values: values.whole,
    gradients: gradients.whole,
    buffers: buffers.whole,
    parameters,
    layers,
    rules: new Set(),
    parts: { running: new Set(), waiting: [] },
    of: (layer) => known.get(layer) ?? claim(layer),
    afterUpdate: (commit) => {
      commits.push(commit);
    },
    settle: (discard = false) => {
      if (commits.length === 0) return;
      if (!discard) for (const commit of commits) commit();
      commits.length = 0;
    },
  };
};

/** Keeps note of the rows of a sparse gradient that are not zero. */
const touches = (
  grad: Matrix,
  touched: { -readonly [K in keyof Touched]: Touched[K] },
): Pick<Required<Parameter>, "touch" | "untouch"> => {
  const marks = new Uint8Array(grad.rows);
  return {
    touch: (row) => {
      if (marks[row]) return false;
      marks[row] = 1;
      touched.rows[touched.count++] = row;
      return true;
    },
    untouch: () => {
      const data: Data = grad.data;
      for (let i = 0; i < touched.count; i++) {
        const row = touched.rows[i]!;
        marks[row] = 0;
        data.fill(0, row * grad.cols, (row + 1) * grad.cols);
      }
      touched.count = 0;
    },
  };
};
