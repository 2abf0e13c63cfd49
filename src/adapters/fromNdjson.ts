import type { Observable } from "rxjs";
import { invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { fromPull } from "../streams/fromPull.ts";
import { type ByteSource, checkBytes, nameOfBytes, openBytes } from "./byteSource.ts";
import {
  type BadRowOptions,
  checkRowOptions,
  type RowDelivery,
  type RowOptions,
  rowDelivery,
  rowOptions,
  rowUnlessBad,
} from "./rowDelivery.ts";
import { splitLines } from "./splitLines.ts";

export interface FromNdjsonOptions extends RowOptions, BadRowOptions {
  /** The most bytes of a line; 1 MiB. */
  readonly maxLine?: number;
}

/**
 * The values of a file of JSON, one a line, at the pace of what stands behind; empty lines are left out. Positions are the bytes up to
 * the end of a line: reading goes on there, and a file that has grown meanwhile is read on.
 * @throws InvalidInputError for a line that is no JSON in UTF-8, with file and byte, and for one that is too long.
 * @example fromNdjson<Sample>("samples.ndjson", { after: ledger.from("samples.ndjson") }).pipe(ledger.receive(), …)
 */
export const fromNdjson = <Value = unknown>(
  source: ByteSource,
  options: FromNdjsonOptions = {},
): Observable<RowDelivery<Value>> => {
  knownOptions("fromNdjson()", options, [...rowOptions, "maxLine", "onInvalid", "rejected"]);
  checkBytes("fromNdjson()", source);
  const name = nameOfBytes(source);
  const actor = `fromNdjson(${inWords(name)})`;
  checkRowOptions(actor, options);
  const { after = 0, partition = name, ahead = 64, maxLine = 2 ** 20 } = options;
  whole(actor, "maxLine", maxLine);
  return fromPull(
    async function* (signal) {
      const input = await openBytes(actor, source, signal, after);
      const leave = (): void => void input.destroy();
      signal.addEventListener("abort", leave);
      if (signal.aborted) leave();
      for await (const { bytes, end } of splitLines(actor, input, maxLine, after)) {
        const row = rowUnlessBad(options, bytes, () => jsonOf<Value>(actor, bytes, end));
        if (row?.value !== undefined) yield rowDelivery(partition, end, row.value);
      }
    },
    { ahead },
  );
};

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The value in a line; nothing in an empty one. */
const jsonOf = <Value>(actor: string, bytes: Uint8Array, end: number): Value | undefined => {
  try {
    const text = utf8.decode(bytes).trim();
    return text === "" ? undefined : (JSON.parse(text) as Value);
  } catch {
    const shown = inWords(new TextDecoder().decode(bytes.subarray(0, 60)));
    throw invalid(actor, `JSON in the line that ends at byte ${end}`, shown);
  }
};
