import type { Width } from "../layers/layer.ts";
import { invalid, inWords } from "../math/invalid.ts";
import type { Inlet } from "../math/kernels.ts";
import { copyOf, type Matrix } from "../math/matrix.ts";
import { slab } from "../math/slab.ts";
import { admitFinite, checkShape } from "./checkInput.ts";
import { listen } from "./listen.ts";
import type { Run } from "./run.ts";
import type { Weights } from "./weights.ts";

/** Forward passes on graphs of their own. */
export interface Predictor {
  predict(x: Matrix | readonly number[]): Matrix;
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
  const fresh = slab();
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

  const asMatrix = (row: readonly number[]): Matrix => {
    const { length } = row;
    const data = fresh(length);
    for (let j = 0; j < length; j++) {
      const v: unknown = row[j];
      if (typeof v !== "number")
        throw invalid("predict()", "a matrix or one row of numbers as x", `${inWords(v)} in column ${j}`);
      data[j] = v;
    }
    return { rows: 1, cols: length, data };
  };

  return {
    predict: (given) => {
      const x = isRow(given) ? asMatrix(given) : given;
      checkShape("predict()", x, inputs, precision);
      const one = idle.pop() ?? runner();
      const { frame } = one;
      try {
        frame.value = admitFinite("predict()", x, one.inlet, weights.kernels);
      } catch (error) {
        if (!closed) idle.push(one);
        throw error;
      }
      frame.id = id++;
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

const isRow = (x: Matrix | readonly number[]): x is readonly number[] =>
  ArrayBuffer.isView(x) || (Array.isArray(x) && typeof x[0] !== "object");
