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
 * and other events of the process get their turn after each thousand flights. While it is `paused`, none depart.
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
    const rows = (await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd })) as Row[];
    for (let i = 0; i < rows.length; i += size) {
      yield rows.slice(i, i + size).map(flightOf);
      await setImmediate();
      while (paused()) await setTimeout(50); // a timer, which keeps the process alive meanwhile
    }
    rowStart = rowEnd;
  }
}

/** What the parquet reader makes of a row. */
interface Row {
  readonly date: Date;
  readonly delay: bigint;
  readonly distance: bigint;
  readonly origin: string;
  readonly destination: string;
}

const flightOf = ({ date, delay, distance, origin, destination }: Row): Flight => ({
  time: date.getTime() / 60_000,
  delay: Number(delay),
  distance: Number(distance),
  origin,
  destination,
});
