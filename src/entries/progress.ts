export type { ProgressOptions, ProgressStream, Shown } from "../adapters/progress.ts";
export { progress } from "../adapters/progress.ts";
