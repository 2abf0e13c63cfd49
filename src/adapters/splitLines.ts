import { invalid } from "../math/invalid.ts";

/** A line without its end, and the byte behind it. */
export interface Line {
  readonly bytes: Uint8Array;
  readonly end: number;
}

/** The lines of a stream of bytes; the last one needs no end. @throws InvalidInputError for a line of more than `maxBytes`. */
export async function* splitLines(
  actor: string,
  chunks: AsyncIterable<Uint8Array | string>,
  maxBytes: number,
  start: number,
): AsyncGenerator<Line, void, undefined> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let end = start;
  const keep = (part: Uint8Array): void => {
    length += part.length;
    if (length > maxBytes)
      throw invalid(actor, `lines of at most ${maxBytes} bytes`, `a longer one at byte ${end}`);
    parts.push(part);
  };
  const line = (more: number): Line => {
    const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    end += length + more;
    parts = [];
    length = 0;
    return { bytes, end };
  };
  for await (const given of chunks) {
    const chunk = typeof given === "string" ? Buffer.from(given) : given;
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      keep(chunk.subarray(from, at));
      from = at + 1;
      yield line(1);
    }
    if (from < chunk.length) keep(chunk.subarray(from));
  }
  if (length > 0) yield line(0);
}

const newline = 10;
