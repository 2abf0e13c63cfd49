export type { ToOnnxOptions } from "../graph/toOnnx.ts";
export { toOnnx } from "../graph/toOnnx.ts";
