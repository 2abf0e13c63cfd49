import type { Width } from "../layers/layer.ts";
import type { Inlet } from "../math/kernels.ts";
import { copyOf, type Matrix } from "../math/matrix.ts";
import { isSparse } from "../math/sparse.ts";
import { checkInput } from "./checkInput.ts";
import { listen } from "./listen.ts";
import type { Run } from "./run.ts";
import type { Weights } from "./weights.ts";

/** Forward passes on graphs of their own. */
export interface Predictor {
  predict(x: Matrix): Matrix;
  close(): void;
}

interface Runner {
  readonly run: Run;
  readonly frame: { id: number; readonly mode: "infer"; value: Matrix };
  /** Each has its own: it holds the input while the graph reads it. */
  readonly inlet: Inlet;
  answer: Matrix | undefined;
  failure: { readonly error: unknown } | undefined;
}

/** Keeps a graph for inference; when a tap on it predicts in its turn, that one gets another graph. */
export const predictor = (weights: Weights, inputs: Width, start: () => Run): Predictor => {
  const idle: Runner[] = [];
  const { precision } = weights.kernels;
  let id = 0;
  let closed = false;

  const runner = (): Runner => {
    const one: Runner = {
      run: start(),
      frame: { id: 0, mode: "infer", value: undefined as unknown as Matrix },
      inlet: weights.kernels.inlet(),
      answer: undefined,
      failure: undefined,
    };
    listen(one.run.output.value$, {
      next: ({ value }) => {
        one.answer = copyOf(value);
      },
      error: (error) => {
        one.failure = { error };
      },
      complete: () => {},
    });
    return one;
  };

  return {
    predict: (x) => {
      checkInput("predict()", x, inputs, precision);
      const one = idle.pop() ?? runner();
      const { frame } = one;
      frame.id = id++;
      frame.value = isSparse(x) ? x : one.inlet.admit(x);
      one.run.input.value.next(frame);
      const { answer, failure } = one;
      one.answer = undefined;
      if (failure || !answer) {
        one.run.close();
        one.inlet.free();
        throw failure ? failure.error : new Error("predict() expects an answer from the graph, got none");
      }
      if (!closed) idle.push(one);
      return answer;
    },
    close: () => {
      closed = true;
      for (const { run, inlet } of idle.splice(0)) {
        run.close();
        inlet.free();
      }
    },
  };
};
