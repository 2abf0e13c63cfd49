import { parseArgs } from "node:util";

export interface Options {
  /** How many workers learn together, one run after the other. */
  readonly workers: readonly number[];
  readonly events: number;
  readonly kills: number;
  readonly serverKills: number;
  readonly seed: number;
  /** How often speed is measured; the table shows medians. */
  readonly repeat: number;
  /** Minutes after which it gives up. */
  readonly limit: number;
}

export const help = `Learns from real flights with many processes over a NATS server of its own: how fast, at what cost, and what
becomes of it while processes and the server are killed.

  npm run scale -- [options]

  --workers <list>     how many learn together: 1,2,4
  --events <n>         flights that each run learns from: 400000
  --kills <n>          workers that are killed at random moments: 100
  --server-kills <n>   times that the server is killed: 10
  --seed <n>           of all random numbers: 1
  --repeat <n>         how often speed is measured, of which medians are told: 1
  --limit <minutes>    after which it gives up: 30
  --help               this text

It ends with code 1 when an event was lost or learned twice, or when workers came to different weights.`;

/** What the command line asks for; undefined if for help. @throws Error for a flag or value that makes no sense. */
export const optionsOf = (args: string[]): Options | undefined => {
  const text = (value: string) => ({ type: "string", default: value }) as const;
  const { values } = parseArgs({
    args,
    options: {
      workers: text("1,2,4"),
      events: text("400000"),
      kills: text("100"),
      "server-kills": text("10"),
      seed: text("1"),
      repeat: text("1"),
      limit: text("30"),
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return undefined;
  const whole = (flag: string, given: string, least: number): number => {
    const n = /^\d+$/.test(given) ? Number(given) : Number.NaN;
    if (n >= least && n <= 10_000_000) return n;
    throw new Error(`${flag} expects a whole number of at least ${least}, got ${given || "nothing"}`);
  };
  return {
    workers: values.workers.split(",").map((n) => whole("--workers", n, 1)),
    events: whole("--events", values.events, 1000),
    kills: whole("--kills", values.kills, 0),
    serverKills: whole("--server-kills", values["server-kills"], 0),
    seed: whole("--seed", values.seed, 0),
    repeat: whole("--repeat", values.repeat, 1),
    limit: whole("--limit", values.limit, 1),
  };
};
