/**
 * Models of others in, and ours out: ONNX, Keras and TensorFlow.js, state dicts of PyTorch.
 * @module
 */

export type { FromKeras, FromKerasOptions } from "../graph/fromKeras.ts";
export { fromKeras } from "../graph/fromKeras.ts";
export { fromPytorch } from "../graph/fromPytorch.ts";
export type { PytorchOptions } from "../graph/loadPytorch.ts";
export { loadPytorch } from "../graph/loadPytorch.ts";
export type { ToOnnxOptions } from "../graph/toOnnx.ts";
export { toOnnx } from "../graph/toOnnx.ts";
export { toPytorch } from "../graph/toPytorch.ts";
