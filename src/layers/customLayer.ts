import { fault, invalid } from "../math/invalid.ts";
import { type Matrix, shapeOf } from "../math/matrix.ts";
import { defineLayer, type Layer, type Mode, type TensorSpecs } from "./layer.ts";

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
            if (!given) throw fault(name, `${key} from backward`, "nothing");
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
  if (shapeOf(from) !== shapeOf(to)) throw fault(actor, `${shapeOf(to)} for ${what}`, shapeOf(from));
  to.data.set(from.data);
  return to;
};
