import type { Loss } from "../losses/loss.ts";
import { fault, invalid } from "../math/invalid.ts";
import { type Matrix, shapeOf } from "../math/matrix.ts";
import type { RowBuffers } from "./rowBuffers.ts";
import type { Run } from "./run.ts";

/** A loss at work on what one graph answers. */
export interface Scorer {
  /** Whether the gradients are those of what went into the last layer's activation, see {@link Frame}. */
  readonly preActivation: boolean;
  /** The loss of the answer that was scored last. */
  value: number;
  /** The gradient of the loss with respect to the answer: borrowed. @throws InvalidInputError when the loss is not finite. */
  gradient(prediction: Matrix, y: Matrix, weight: Matrix | undefined): Matrix;
}

/** Puts a loss to work: fused with the last layer's activation where the kernels can, by a kernel, or as it is written. */
export const scorer = (loss: Loss, { circuit, output }: Run, buffers: RowBuffers, actor: string): Scorer => {
  const { kernels } = circuit.weights;
  const last = circuit.nodes.find(({ value$ }) => value$ === output.value$);
  const activation = last?.layer.activation;
  const width = last?.widths[0];
  const fused = activation === undefined ? undefined : loss.plan?.(kernels, activation);
  const planned = fused ?? loss.plan?.(kernels);
  const name = loss.source ?? actor;
  const own: Scorer = {
    preActivation: fused !== undefined,
    value: Number.NaN,
    gradient: (prediction, y, weight) => {
      if (width !== undefined && prediction.cols !== width && !loss.answer)
        throw fault(
          name,
          `predictions of ${width} columns (hedged(…) takes those of ${last!.layer.source})`,
          shapeOf(prediction),
        );
      let grad = buffers.like(prediction);
      if (planned) own.value = planned(prediction, y, weight, grad);
      else ({ value: own.value, grad } = loss(prediction, y, weight, grad));
      if (grad.rows !== prediction.rows || grad.cols !== prediction.cols)
        throw fault(name, `a gradient of ${shapeOf(prediction)}`, shapeOf(grad));
      if (!Number.isFinite(own.value)) throw invalid(name, "a finite loss", String(own.value));
      return grad;
    },
  };
  return own;
};
