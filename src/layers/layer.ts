import type { Initializer } from "../math/initializers.ts";
import { invalid } from "../math/invalid.ts";
import type { Kernels } from "../math/kernels.ts";
import type { Matrix, Value } from "../math/matrix.ts";
import type { Random } from "../math/random.ts";
import type { ColumnTrace } from "./columnTrace.ts";

/** Learning, or only answering: dropout and batchNorm differ between the two. */
export type Mode = "train" | "infer";

/** A number of columns; undefined where a plan leaves it open until data comes. */
export type Width = number | undefined;

/** The shape and the start of something that a layer keeps between batches. */
export interface TensorSpec {
  readonly rows: number;
  readonly cols: number;
  readonly init: Initializer;
  /** A batch's gradient touches few of the rows. */
  readonly sparse?: boolean;
  /** Of a buffer: where a stream has come to, which another stream must not start from; `resetState` fills it anew. */
  readonly carried?: boolean;
}

export type TensorSpecs = Readonly<Record<string, TensorSpec>>;

/** A parameter with its gradient: live views into the vectors of the model. `data` may move; do not keep it. */
export interface Parameter {
  readonly name: string;
  readonly value: Matrix;
  readonly grad: Matrix;
  /** For sparse gradients: notes that this batch touched the row; true when it is the first time in this batch. */
  touch?(row: number): boolean;
  /** For sparse gradients: zeroes the rows that the batch before has touched. */
  untouch?(): void;
}

/** Where a layer is put to work: the batch size, the widths, its weights, and the kernels that will do the work. */
export interface Site {
  readonly rows: number;
  readonly widths: readonly number[];
  readonly kernels: Kernels;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly buffers: Readonly<Record<string, Matrix>>;
  readonly random: Random;
  /** Whether anybody reads the gradient of the input; if not, `backward` may return an empty matrix. */
  readonly wantsInputGrad: boolean;
  /** Does something once the batch has changed the weights; a batch that is refused on the way leaves no trace. */
  afterUpdate(commit: () => void): void;
  /** A new matrix of zeros, to be kept and reused at every batch of this size. */
  zeros(rows: number, cols: number): Matrix;
}

/**
 * A layer at a site. `forward` returns its output; `backward` takes the gradient of that output, writes the gradients
 * of the parameters (adds them, with `accumulate`), and returns the gradient of the input. With `preActivation` the gradient that
 * it takes is already that of what went into the layer's `activation`. What they return is borrowed:
 * it is overwritten by the next batch.
 */
export interface Pass<A extends Value = Matrix, B extends Value = Matrix> {
  forward(x: A, mode: Mode): B;
  backward(dy: B, accumulate: boolean, preActivation?: boolean): A;
}

/** What a layer says of itself, whatever flows through it. */
export interface LayerSpec {
  readonly kind: "layer";
  /** What it is, in one word: `dense`. */
  readonly type: string;
  /** It prints as its own source: `dense(2, 8, { activation: "relu" })`. */
  readonly source: string;
  /** A name that somebody gave it, see {@link named}. */
  readonly label?: string;
  readonly parameters: TensorSpecs;
  /** What is kept but not learned by gradient, such as running statistics. */
  readonly buffers: TensorSpecs;
  /** Whether training and inference differ, so that one forward pass cannot serve both. */
  readonly modal: boolean;
  /** What its last step prints as, when a loss may leave that step's derivative to itself: `sigmoid()`, `softmax()`. */
  readonly activation?: string;
  /** Whether its input may be a {@link Sparse} matrix as it is; other layers get it written out. */
  readonly acceptsSparse?: boolean;
  /** The number of columns that it takes, when only one will do. */
  readonly inputs?: number;
  /** How single columns can be followed through it; a layer without mixes them all. */
  readonly trace?: ColumnTrace;
  /** The widths that come out when these go in. @throws InvalidInputError when they do not fit. */
  widths(inputs: readonly Width[]): readonly Width[];
}

/** A layer: a description that holds no arrays. The same layer used twice shares its weights. */
export interface Layer<A extends Value = Matrix, B extends Value = Matrix> extends LayerSpec {
  plan(site: Site): Pass<A, B>;
}

/** What {@link defineLayer} leaves out when a layer is like most: no parameters, no buffers, one way to run. */
type Defaults = "kind" | "type" | "parameters" | "buffers" | "modal" | "widths";

/** Completes the description of a layer. Widths pass through unless it says otherwise. */
export const defineLayer = <A extends Value = Matrix, B extends Value = Matrix>(
  part: Omit<Layer<A, B>, Defaults> & Partial<Pick<Layer<A, B>, Defaults>>,
): Layer<A, B> => ({
  kind: "layer",
  type: part.source.replace(/\(.*$/s, ""),
  parameters: {},
  buffers: {},
  modal: false,
  widths: (inputs) => inputs,
  ...part,
});

/** What a layer with one input of a fixed width says of its widths. */
export const fixedWidth = (
  source: string,
  inputs: number,
  outputs: number,
): Pick<Layer, "inputs" | "widths"> => ({
  inputs,
  widths: ([width]) => {
    if (width !== undefined && width !== inputs) throw invalid(source, `${inputs} columns`, String(width));
    return [outputs];
  },
});

/** The same layer under a name of your own, for taps, `freeze` and checkpoints; parameters become `name.W`. */
export const named = <A extends Value, B extends Value>(label: string, layer: Layer<A, B>): Layer<A, B> => ({
  ...layer,
  label,
});
