import type { Writable } from "node:stream";
import type { MonoTypeOperatorFunction } from "rxjs";
import { invalid, inWords, knownOptions } from "../math/invalid.ts";
import { type LineSinkOptions, lineSink } from "./lineSink.ts";

/**
 * Writes each item as a line of JSON, and passes it on; completes when all is written. A file is written at once, in pieces of 64 kB,
 * so that nothing piles up; a stream may leave `capacity` bytes waiting.
 * @throws InvalidInputError (of the stream) for what JSON has no word for.
 * @example predictions$.pipe(toNdjson("predictions.ndjson"))
 */
export const toNdjson = <Item>(
  target: string | Writable,
  options: LineSinkOptions = {},
): MonoTypeOperatorFunction<Item> => {
  knownOptions("toNdjson()", options, ["append", "capacity"]);
  return lineSink("toNdjson()", target, options, () => (item: Item) => {
    const text = JSON.stringify(item) as string | undefined;
    if (text === undefined) throw invalid("toNdjson()", "what JSON can say", inWords(item));
    return `${text}\n`;
  });
};
