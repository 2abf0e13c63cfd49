import { setImmediate, setTimeout } from "node:timers/promises";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { concatMap, defer, from, type Observable } from "rxjs";
import { dataset } from "../datasets.ts";
import type { Flight } from "./flight.ts";

/** How many flights the data set has. */
export const allFlights = 3_000_000;

/**
 * The US flights of the first half of 2001 in the order of departure. One row group of the file is in memory at a time,
 * and other events of the process get their turn after each column that is unpacked and each thousand flights. While it is `paused`, none depart.
 */
export const flights = ({
  limit = allFlights,
  paused = () => false,
}: FlightsOptions = {}): Observable<Flight> =>
  defer(() => from(blocks(limit, paused))).pipe(concatMap((block) => block));

export interface FlightsOptions {
  readonly limit?: number;
  readonly paused?: () => boolean;
}

async function* blocks(limit: number, paused: () => boolean, size = 1000): AsyncGenerator<Flight[]> {
  const file = await asyncBufferFromFile(dataset("flights-3m.parquet"));
  const metadata = await parquetMetadataAsync(file);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = Math.min(rowStart + Number(group.num_rows), limit);
    if (rowStart >= rowEnd) return;
    const columns = {} as Columns;
    for (const name of columnNames) {
      const cells = await parquetReadObjects({
        file,
        metadata,
        compressors,
        rowStart,
        rowEnd,
        columns: [name],
      });
      columns[name] = cells.map((cell) => cell[name]) as never;
      await setImmediate(); // a column is unpacked in one go, and a whole group would take too long
    }
    const flightAt = flightsOf(columns);
    const count = rowEnd - rowStart;
    for (let from = 0; from < count; from += size) {
      yield Array.from({ length: Math.min(size, count - from) }, (_, i) => flightAt(from + i));
      await setImmediate();
      while (paused()) await setTimeout(50); // a timer, which keeps the process alive meanwhile
    }
    rowStart = rowEnd;
  }
}

/** What the parquet reader makes of the columns of a row group. */
interface Columns {
  date: readonly Date[];
  delay: readonly bigint[];
  distance: readonly bigint[];
  origin: readonly string[];
  destination: readonly string[];
}

const columnNames = ["date", "delay", "distance", "origin", "destination"] as const;

const flightsOf =
  ({ date, delay, distance, origin, destination }: Columns) =>
  (i: number): Flight => ({
    time: date[i]!.getTime() / 60_000,
    delay: Number(delay[i]),
    distance: Number(distance[i]),
    origin: origin[i]!,
    destination: destination[i]!,
  });
