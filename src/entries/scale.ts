/**
 * Learning on many machines: workers that share one model by a log of updates.
 * @module
 */

export type { Delivery } from "../adapters/delivery.ts";
export type { Compress } from "../scale/compression.ts";
export { learnFrom } from "../scale/learnFrom.ts";
export type { LearnFromOptions, Shared } from "../scale/learnFromOptions.ts";
export { type MemoryLog, type MemoryLogOptions, memoryLog } from "../scale/memoryLog.ts";
export type { Outer } from "../scale/outerStep.ts";
export type { PartitionedInput } from "../scale/partitionedInput.ts";
export type { RoundReport, RoundTime } from "../scale/report.ts";
export type { Reason } from "../scale/roundsState.ts";
export { isSequenceConflict, type SequenceConflict, sequenceConflict } from "../scale/sequenceConflict.ts";
export type { SharedFolds } from "../scale/sharedFolds.ts";
export {
  type SharedVocabularyOptions,
  sharedVocabulary,
  type VocabularyReading,
} from "../scale/sharedVocabulary.ts";
export type { LogEntry, Pointer, UpdateLog } from "../scale/updateLog.ts";
export { type Version, type VersionsOptions, versions } from "../scale/versions.ts";
