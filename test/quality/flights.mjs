import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { calendar, category, features, numeric } from "rxgrad";

const path = join(
  dirname(createRequire(import.meta.url).resolve("vega-datasets")),
  "../data/flights-3m.parquet",
);

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
    const file = await asyncBufferFromFile(path);
    const rows = await parquetReadObjects({ file, compressors, rowStart: 0, rowEnd: limit });
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

/** US flights of 2001 in the order of departure: predicted then, and learned when they have landed. */
export const flights = [
  {
    name: "flights: late?",
    task: "classification",
    capacity: 2,
    load: load((delay) => (delay > 15 ? "late" : "in time")),
  },
  { name: "flights: delay", task: "regression", load: load((delay) => delay) },
];
