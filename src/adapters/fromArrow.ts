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

/**
 * The rows of Arrow record batches, of a file or a stream of the IPC formats, by the names of their columns, at the pace of what stands
 * behind: one record batch is read at a time. Positions are numbers of rows: 1 is the first.
 * @throws InvalidInputError for bytes that are no Arrow IPC, or are cut off, with the name of the file.
 * @example fromArrow("readings.arrow", { after: ledger.from("readings.arrow") })
 */
export const fromArrow = <Row = Readonly<Record<string, unknown>>>(
  source: ByteSource,
  options: RowOptions = {},
): Observable<RowDelivery<Row>> => {
  knownOptions("fromArrow()", options, rowOptions);
  checkBytes("fromArrow()", source);
  const name = nameOfBytes(source);
  const actor = `fromArrow(${inWords(name)})`;
  checkRowOptions(actor, options);
  const { after = 0, partition = name, ahead = 64 } = options;
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
        if (path !== undefined) await checkMagic(actor, input as FileHandle);
        const reader = await RecordBatchReader.from(input as FileHandle);
        let first = 0;
        for await (const batch of reader as AsyncIterable<RecordBatch>) {
          for (let i = Math.max(0, after - first); i < batch.numRows; i++) {
            if (signal.aborted) return;
            yield rowDelivery(partition, first + i + 1, batch.get(i)!.toJSON() as Row);
          }
          first += batch.numRows;
        }
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

/** Refuses a file that begins in neither way, before lengths that are none are believed. */
const checkMagic = async (actor: string, file: FileHandle): Promise<void> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
  const stream = buffer.readUInt32LE(0) === 0xffffffff;
  if (bytesRead < 8 || !(stream || buffer.toString("latin1", 0, 6) === "ARROW1"))
    throw invalid(
      actor,
      "a file that begins as Arrow IPC does",
      inWords(buffer.toString("latin1", 0, bytesRead)),
    );
};
