import type { AsyncBuffer, Compressors } from "hyparquet";
import type { Observable } from "rxjs";
import { invalid, inWords, knownOptions } from "../math/invalid.ts";
import { fromPull } from "../streams/fromPull.ts";
import { checkBytes, isOfSystem, nameOfBytes, pathOfBytes } from "./byteSource.ts";
import {
  checkRowOptions,
  type RowDelivery,
  type RowOptions,
  rowDelivery,
  rowOptions,
} from "./rowDelivery.ts";

export interface FromParquetOptions extends RowOptions {
  /** Which columns are read; all without it. */
  readonly columns?: readonly string[];
}

/**
 * The rows of a Parquet file, by the names of their columns, at the pace of what stands behind: one row group is read at a time.
 * Positions are numbers of rows: 1 is the first. Snappy is built in; other compressions need the package hyparquet-compressors.
 * @throws InvalidInputError for a file that is no Parquet, or is cut off, with its name.
 * @example fromParquet("flights.parquet", { columns: ["delay", "distance"] })
 */
export const fromParquet = <Row = Readonly<Record<string, unknown>>>(
  source: string | URL,
  options: FromParquetOptions = {},
): Observable<RowDelivery<Row>> => {
  knownOptions("fromParquet()", options, [...rowOptions, "columns"]);
  if (typeof source !== "string" && !(source instanceof URL))
    throw invalid("fromParquet()", "a path or a URL", inWords(source));
  checkBytes("fromParquet()", source);
  const name = nameOfBytes(source);
  const actor = `fromParquet(${inWords(name)})`;
  checkRowOptions(actor, options);
  const { after = 0, partition = name, ahead = 64, columns } = options;
  const reading = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw isOfSystem(code) ? error : invalid(actor, "a whole file of Parquet", message);
    }
  };
  return fromPull(
    async function* (signal) {
      const { parquetMetadataAsync, parquetReadObjects } = await import("hyparquet"); // only who reads Parquet needs it
      const file = await openParquet(source, signal);
      const metadata = await reading(() => parquetMetadataAsync(file));
      const compressors = await compressorsIfInstalled();
      const wanted = {
        file,
        metadata,
        ...(columns && { columns: [...columns] }),
        ...(compressors && { compressors }),
      };
      let first = 0;
      for (const { num_rows } of metadata.row_groups) {
        const rowEnd = first + Number(num_rows);
        const rowStart = Math.max(first, after);
        first = rowEnd;
        if (rowStart >= rowEnd) continue;
        const rows = await reading(() => parquetReadObjects({ ...wanted, rowStart, rowEnd }));
        for (const [i, row] of rows.entries()) {
          if (signal.aborted) return;
          yield rowDelivery(partition, rowStart + i + 1, row as Row);
        }
      }
    },
    { ahead },
  );
};

const openParquet = async (source: string | URL, signal: AbortSignal): Promise<AsyncBuffer> => {
  const { asyncBufferFromFile, asyncBufferFromUrl } = await import("hyparquet");
  const path = pathOfBytes(source);
  return path === undefined
    ? asyncBufferFromUrl({ url: String(source), requestInit: { signal } })
    : asyncBufferFromFile(path);
};

const compressorsIfInstalled = async (): Promise<Compressors | undefined> => {
  try {
    return (await import("hyparquet-compressors")).compressors;
  } catch {
    return undefined; // what is compressed otherwise says so when it is read
  }
};
