export { fromPytorch } from "../graph/fromPytorch.ts";
export type { PytorchOptions } from "../graph/loadPytorch.ts";
export { loadPytorch } from "../graph/loadPytorch.ts";
export type { ToOnnxOptions } from "../graph/toOnnx.ts";
export { toOnnx } from "../graph/toOnnx.ts";
export { toPytorch } from "../graph/toPytorch.ts";
