/**
 * What needs Node: checkpoints on the disk, and learning in a worker thread.
 * @module
 */

export type { CheckpointOptions } from "./checkpoint.ts";
export { checkpoint } from "./checkpoint.ts";
export type { Written } from "./checkpointWriter.ts";
export type { VersionedPrediction } from "./follower.ts";
export type { InWorkerOptions } from "./inWorker.ts";
export { inWorker } from "./inWorker.ts";
export type { Learning, Setup } from "./learning.ts";
export type { Remote, Versioned } from "./remote.ts";
export type { Resumed } from "./resume.ts";
export { resume } from "./resume.ts";
