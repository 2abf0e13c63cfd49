export type { VersionedPrediction } from "./follower.ts";
export type { InWorkerOptions } from "./inWorker.ts";
export { inWorker } from "./inWorker.ts";
export type { Learning, Setup } from "./learning.ts";
export type { Remote, Versioned } from "./remote.ts";
