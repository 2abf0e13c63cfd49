import type { Mode } from "../layers/layer.ts";
import type { Matrix, Value } from "../math/matrix.ts";

/** A message on a wire: a batch on its way down, or its gradient on the way back under the same id. Borrowed: copy to keep. */
export interface Frame<A extends Value = Matrix> {
  readonly id: number;
  readonly mode: Mode;
  readonly value: A;
  /**
   * On the wire from the last layer to its loss, where the two are fused (sigmoid with binaryCrossentropy, softmax with
   * categoricalCrossentropy): the gradient is that of what went into the layer's activation, p − t.
   */
  readonly preActivation?: boolean;
}
