/**
 * How far a stream has come, as a line at a terminal.
 * @module
 */

export type { ProgressOptions, ProgressStream, Shown } from "../adapters/progress.ts";
export { progress } from "../adapters/progress.ts";
