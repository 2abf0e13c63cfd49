import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { fault, invalid, inWords } from "../math/invalid.ts";

/** Where bytes come from: a path, a URL (file:, http:, https:), a stream of Node or of the web, an async iterable of chunks. */
export type ByteSource = string | URL | Readable | AsyncIterable<Uint8Array | string>;

/** What a source is called in errors, and as a partition. */
export const nameOfBytes = (source: ByteSource): string =>
  typeof source === "string" ? source : source instanceof URL ? source.href : "stream";

/** The path of a file, if that is what a source is. */
export const pathOfBytes = (source: ByteSource): string | undefined =>
  typeof source === "string"
    ? source
    : source instanceof URL && source.protocol === "file:"
      ? fileURLToPath(source)
      : undefined;

/** Whether the code of an error is of the system, ENOENT for example, rather than of what was read. */
export const isOfSystem = (code: string | undefined): boolean => code !== undefined && /^E(?!RR_)/.test(code);

/** Refuses what has no bytes. @throws InvalidInputError */
export const checkBytes = (actor: string, source: unknown): void => {
  const able =
    (typeof source === "string" && source !== "") ||
    source instanceof URL ||
    (typeof source === "object" && source !== null && Symbol.asyncIterator in source);
  if (!able) throw invalid(actor, "a path, a URL, or a stream", inWords(source));
};

/** Begins to read, at a byte of it; whoever destroys the stream closes the source. */
export const openBytes = async (
  actor: string,
  source: ByteSource,
  signal: AbortSignal,
  start = 0,
): Promise<Readable> => {
  const path = pathOfBytes(source);
  if (path !== undefined) return createReadStream(path, { start });
  if (source instanceof URL) {
    const response = await fetch(source, { signal });
    if (!response.ok || !response.body)
      throw fault(actor, "an answer with a body", `${response.status} ${response.statusText}`);
    return skipping(Readable.fromWeb(response.body as never), start);
  }
  const given = source as Readable | AsyncIterable<Uint8Array | string>;
  return skipping(given instanceof Readable ? given : Readable.from(given), start);
};

/** The stream without its first bytes. */
const skipping = (stream: Readable, bytes: number): Readable => {
  if (bytes === 0) return stream;
  async function* rest(): AsyncGenerator<Uint8Array> {
    let left = bytes;
    for await (const chunk of stream) {
      const some = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
      if (left < some.length) yield some.subarray(left);
      left = Math.max(0, left - some.length);
    }
  }
  const skipped = Readable.from(rest());
  skipped.once("close", () => stream.destroy());
  return skipped;
};
