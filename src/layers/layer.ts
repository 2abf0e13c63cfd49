import type { Initializer } from "../math/initializers.ts";
import { invalid } from "../math/invalid.ts";
import type { Kernels } from "../math/kernels.ts";
import { type Matrix, shapeOf, type Value } from "../math/matrix.ts";
import type { Random } from "../math/random.ts";

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
 * of the parameters (adds them, with `accumulate`), and returns the gradient of the input. What they return is borrowed:
 * it is overwritten by the next batch.
 */
export interface Pass<A extends Value = Matrix, B extends Value = Matrix> {
  forward(x: A, mode: Mode): B;
  backward(dy: B, accumulate: boolean): A;
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
  /** The number of columns that it takes, when only one will do. */
  readonly inputs?: number;
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

type Gradients<P extends TensorSpecs> = { readonly dx: Matrix } & {
  readonly [K in keyof P & string as `d${K}`]: Matrix;
};

/** A layer of your own: its shapes, and a forward function that returns its output and its backward function. */
export interface CustomLayer<P extends TensorSpecs> {
  readonly name: string;
  readonly parameters?: P;
  readonly inputs?: number;
  /** The width of the output; the width of the input when left out. */
  readonly outputs?: number;
  forward(
    x: Matrix,
    parameters: { readonly [K in keyof P]: Matrix },
    mode: Mode,
  ): { readonly y: Matrix; backward(dy: Matrix): Gradients<P> };
}

/**
 * Defines a layer in a few lines. `forward` gets a batch (rows × inputs) and returns `y` (rows × outputs) together with
 * `backward`, which turns the gradient of y into `{ dx, dW, … }`: one `d…` for each parameter.
 * @example
 * const scale = layer({
 *   name: "scale()",
 *   parameters: { s: { rows: 1, cols: 1, init: constant(1) } },
 *   forward: (x, { s }) => ({
 *     y: mapMatrix(x, (v) => v * s.data[0]!),
 *     backward: (dy) => ({ dx: …, ds: … }),
 *   }),
 * });
 */
export const layer = <P extends TensorSpecs = Record<never, never>>(custom: CustomLayer<P>): Layer => {
  const { name, inputs, outputs, parameters = {} as P } = custom;
  return defineLayer({
    source: name,
    parameters,
    ...(inputs === undefined ? {} : { inputs }),
    widths: ([width]) => {
      if (inputs !== undefined && width !== undefined && width !== inputs)
        throw invalid(name, `${inputs} columns`, String(width));
      return [outputs ?? width ?? inputs];
    },
    plan: ({ rows, widths: [cols], kernels, parameters: own, zeros }) => {
      const y = zeros(rows, outputs ?? cols!);
      const dx = zeros(rows, cols!);
      const values = Object.fromEntries(Object.entries(own).map(([key, { value }]) => [key, value])) as {
        [K in keyof P]: Matrix;
      };
      const adders = Object.entries(own).map(([key, { grad }]) => ({
        key: `d${key}`,
        grad,
        add: kernels.add(grad.rows * grad.cols),
      }));
      let backward: (dy: Matrix) => Record<string, Matrix>;
      return {
        forward(x, mode) {
          const out = custom.forward(x, values, mode);
          backward = out.backward;
          return copyInto(y, out.y, name, "y");
        },
        backward(dy, accumulate) {
          const gradients = backward(dy);
          for (const { key, grad, add } of adders) {
            const given = gradients[key];
            if (!given) throw invalid(name, `${key} from backward`, "nothing");
            if (accumulate && shapeOf(given) === shapeOf(grad)) add(grad, given, grad);
            else copyInto(grad, given, name, key);
          }
          return copyInto(dx, gradients.dx!, name, "dx");
        },
      };
    },
  });
};

const copyInto = (to: Matrix, from: Matrix, actor: string, what: string): Matrix => {
  if (shapeOf(from) !== shapeOf(to)) throw invalid(actor, `${shapeOf(to)} for ${what}`, shapeOf(from));
  to.data.set(from.data);
  return to;
};
