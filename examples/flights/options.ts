import { parseArgs } from "node:util";
import { allFlights } from "./source.ts";

export interface Options {
  readonly limit: number;
  readonly seed: number;
  /** The port of the page, 0 for one that is free; undefined without a page. */
  readonly port?: number;
}

export const help = `Learns from 3,000,000 real flights which of those to come will be late, and by how much.

  npm start -- [options]

  --limit <n>   stop after so many flights
  --seed <n>    the seed of all random numbers (1)
  --port <n>    where the live page is served, on this machine alone (a free port)
  --no-page     no live page
  --help        this text

Ctrl-C ends it early, with the table and the picture so far.`;

/** What the command line asks for; undefined if for help. @throws Error for a flag or value that makes no sense. */
export const optionsOf = (args: string[]): Options | undefined => {
  const { values } = parseArgs({
    args,
    options: {
      limit: { type: "string", default: String(allFlights) },
      seed: { type: "string", default: "1" },
      port: { type: "string", default: "0" },
      "no-page": { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return undefined;
  return {
    limit: Math.min(wholeNumber("--limit", values.limit, 1), allFlights),
    seed: wholeNumber("--seed", values.seed, 0),
    ...(values["no-page"] ? {} : { port: wholeNumber("--port", values.port, 0) }),
  };
};

const wholeNumber = (flag: string, text: string, min: number): number => {
  const n = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(n) && n >= min) return n;
  throw new Error(`${flag} expects a whole number of at least ${min}, got ${text === "" ? "nothing" : text}`);
};
