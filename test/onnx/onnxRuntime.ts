import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { type Matrix, matrix } from "rxgrad";
import { needs, type Skippable } from "../support/needs.ts";

/** What of onnxruntime-node is used here, which is installed apart, by `npm ci` in this folder. */
interface Runtime {
  readonly InferenceSession: {
    create(
      bytes: Uint8Array,
      options: object,
    ): Promise<{
      readonly inputNames: readonly string[];
      readonly inputMetadata: readonly { readonly type: "float32" | "float64" }[];
      readonly outputNames: readonly string[];
      run(
        feeds: object,
      ): Promise<Readonly<Record<string, { dims: readonly number[]; data: Float32Array | Float64Array }>>>;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: new (type: string, data: Float32Array | Float64Array, dims: readonly number[]) => object;
}

const require = createRequire(import.meta.url);

/** Runs files in onnxruntime, on one thread, in the precision that a file says; the test is skipped where that is not installed. */
export const onnxRuntime = (test: Skippable): ((bytes: Uint8Array, x: Matrix) => Promise<Matrix>) => {
  const folder = new URL("node_modules/onnxruntime-node/package.json", import.meta.url);
  needs(test, "onnxruntime-node (npm ci --ignore-scripts --prefix test/onnx)", existsSync(folder));
  const { InferenceSession, Tensor } = require("onnxruntime-node") as Runtime;
  return async (bytes, { rows, cols, data }) => {
    const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
    try {
      const [input] = session.inputNames;
      const [output] = session.outputNames;
      const { type } = session.inputMetadata[0]!;
      const numbers = type === "float64" ? Float64Array.from(data) : Float32Array.from(data);
      const given = await session.run({ [input!]: new Tensor(type, numbers, [rows, cols]) });
      const { dims, data: answers } = given[output!]!;
      return { ...matrix([]), rows: dims[0]!, cols: dims[1]!, data: answers };
    } finally {
      await session.release();
    }
  };
};
