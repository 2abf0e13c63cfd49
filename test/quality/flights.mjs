import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { calendar, category, features, numeric } from "rxgrad";

const path = join(
  dirname(createRequire(import.meta.url).resolve("vega-datasets")),
  "../data/flights-3m.parquet",
);

/** As many flights, evenly from the whole half year. */
const rowsOf = async (limit) => {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const every = Math.max(1, Math.floor(Number(metadata.num_rows) / limit));
  const rows = [];
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const block = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
    for (let i = 0; i < block.length; i++) if ((rowStart + i) % every === 0) rows.push(block[i]);
    rowStart = rowEnd;
  }
  return rows.slice(0, limit);
};

const schemaOf = () =>
  features()({
    when: calendar({ parts: ["hour", "weekday"] }),
    distance: numeric(),
    origin: category({ capacity: 60 }),
    destination: category({ capacity: 60 }),
  });

const load =
  (truthOf) =>
  async ({ limit = 50_000 }) => {
    const rows = await rowsOf(limit);
    const items = rows.map(({ date, delay, distance, origin, destination }) => {
      const moment = date.getTime() / 60_000;
      const [miles, late] = [Number(distance), Number(delay)];
      return {
        event: { when: date, distance: miles, origin, destination },
        truth: truthOf(late),
        moment,
        due: moment + 30 + miles / 8 + late, // when it has landed
      };
    });
    return { schema: schemaOf(), items };
  };

/** US flights of the first half of 2001 in the order of departure: predicted then, and learned when they have landed. */
export const flights = [
  {
    name: "flights: late?",
    task: "classification",
    capacity: 2,
    load: load((delay) => (delay > 15 ? "late" : "in time")),
  },
  { name: "flights: delay", task: "regression", load: load((delay) => delay) },
];
