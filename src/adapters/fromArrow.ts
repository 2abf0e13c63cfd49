import { type FileHandle, open } from "node:fs/promises";
import type { RecordBatch } from "apache-arrow";
import type { Observable } from "rxjs";
import { invalid, inWords, knownOptions } from "../math/invalid.ts";
import { fromPull } from "../streams/fromPull.ts";
import {
  type ByteSource,
  checkBytes,
  isOfSystem,
  nameOfBytes,
  openBytes,
  pathOfBytes,
} from "./byteSource.ts";
import {
  checkRowOptions,
  type RowDelivery,
  type RowOptions,
  rowDelivery,
  rowOptions,
} from "./rowDelivery.ts";

export interface FromArrowOptions extends RowOptions {
  /**
   * What a file of the stream format must end with: the marker that writers put there when they are done, by which a file that was
   * cut between two batches is known; or "any", for writers that only close it, as the format allows.
   */
  readonly end?: "marked" | "any";
}

/**
 * The rows of Arrow record batches, of a file or a stream of the IPC formats, by the names of their columns, at the pace of what stands
 * behind: one record batch is read at a time. Positions are numbers of rows: 1 is the first.
 * @throws InvalidInputError for bytes that are no Arrow IPC, or are cut off, with the name of the file.
 * @example fromArrow("readings.arrow", { after: ledger.from("readings.arrow") })
 */
export const fromArrow = <Row = Readonly<Record<string, unknown>>>(
  source: ByteSource,
  options: FromArrowOptions = {},
): Observable<RowDelivery<Row>> => {
  knownOptions("fromArrow()", options, [...rowOptions, "end"]);
  checkBytes("fromArrow()", source);
  const name = nameOfBytes(source);
  const actor = `fromArrow(${inWords(name)})`;
  checkRowOptions(actor, options);
  const { after = 0, partition = name, ahead = 64, end = "marked" } = options;
  if (end !== "marked" && end !== "any") throw invalid(actor, '"marked" or "any" as end', inWords(end));
  const path = pathOfBytes(source);
  const opened = async (signal: AbortSignal) => {
    if (path === undefined) {
      const input = await openBytes(actor, source, signal);
      return { input, close: async () => void input.destroy() };
    }
    const input = await open(path);
    return { input, close: () => input.close() };
  };
  return fromPull(
    async function* (signal) {
      const { RecordBatchReader } = await import("apache-arrow"); // only who reads Arrow needs the package
      const { input, close } = await opened(signal);
      const leave = (): void => void close().catch(() => {}); // a reader may have closed it before
      signal.addEventListener("abort", leave);
      try {
        const whole = path === undefined || (await checkMagic(actor, input as FileHandle));
        const reader = await RecordBatchReader.from(input as FileHandle);
        let first = 0;
        for await (const batch of reader as AsyncIterable<RecordBatch>) {
          for (let i = Math.max(0, after - first); i < batch.numRows; i++) {
            if (signal.aborted) return;
            yield rowDelivery(partition, first + i + 1, batch.get(i)!.toJSON() as Row);
          }
          first += batch.numRows;
        }
        if (!whole && end === "marked")
          throw invalid(
            actor,
            'the end marker of an Arrow stream, or "any" as end',
            `none after row ${first}`,
          );
      } catch (error) {
        if (signal.aborted) return;
        const { code, message, name: kind } = error as NodeJS.ErrnoException;
        throw kind === "InvalidInputError" || isOfSystem(code)
          ? error
          : invalid(actor, "whole record batches of Arrow IPC", message);
      } finally {
        signal.removeEventListener("abort", leave);
        leave();
      }
    },
    { ahead },
  );
};

/** Refuses a file that begins in neither way, before lengths that are none are believed; answers whether it ends as it should. */
const checkMagic = async (actor: string, file: FileHandle): Promise<boolean> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
  const stream = buffer.readUInt32LE(0) === 0xffffffff;
  if (bytesRead < 8 || !(stream || buffer.toString("latin1", 0, 6) === "ARROW1"))
    throw invalid(
      actor,
      "a file that begins as Arrow IPC does",
      inWords(buffer.toString("latin1", 0, bytesRead)),
    );
  if (!stream) return true; // the reader of the file format begins at its end
  const { size } = await file.stat();
  const tail = await file.read(Buffer.alloc(8), 0, 8, size - 8);
  return tail.buffer.equals(endOfStream);
};

const endOfStream = Buffer.from("ffffffff00000000", "hex");
