import type { Dirent } from "node:fs";

/** What a checkpoint of a number is called. */
export const checkpointName = (number: number): string =>
  `checkpoint-${String(number).padStart(12, "0")}.safetensors`;

/**
 * The numbers of the checkpoints in a folder, from its entries, the newest first; links, other spellings of a number and whatever
 * else is there do not count.
 */
export const checkpointNumbers = (entries: readonly Dirent[]): readonly number[] =>
  entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ name, number: Number(/^checkpoint-(\d{12,16})\.safetensors$/.exec(name)?.[1]) }))
    .filter(({ name, number }) => Number.isSafeInteger(number) && checkpointName(number) === name)
    .map(({ number }) => number)
    .sort((a, b) => b - a);
