import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where a data set of the npm package vega-datasets lies. */
export const dataset = (name: string): string =>
  join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "../data", name);

/** The rows of a JSON data set, of the shape that you know them to have. */
export const rowsOf = <Row>(name: string): Row[] => JSON.parse(readFileSync(dataset(name), "utf8"));
