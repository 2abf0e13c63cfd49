import type { Run } from "./measure.ts";

/** A measured setting beside the others, as a line of a table. */
export const speedTable = (alone: Run, runs: readonly Run[]): string => {
  const one = runs.find(({ workers }) => workers === 1);
  const rows = runs.map((run) => [
    `${run.workers} ${run.workers === 1 ? "worker" : "workers"}`,
    String(Math.round(run.speed)),
    one ? `${(run.speed / one.speed).toFixed(2)} ×` : "",
    ...(["learning", "reading", "exchange", "waiting"] as const).map((part) => percent(run.shares[part])),
    String(Math.round(run.steps)),
    `${(run.bytes / 1000).toFixed(0)} kB`,
    `${run.exchange.toFixed(1)} ms`,
    run.progressive.toFixed(4),
    percent(run.progressive / alone.progressive - 1, 2),
    run.heldOut.toFixed(4),
    percent(run.heldOut / alone.heldOut - 1, 2),
    String(run.lost),
    String(run.again),
  ]);
  const plain = [
    ...[
      "alone, no broker",
      String(Math.round(alone.speed)),
      one ? `${(alone.speed / one.speed).toFixed(2)} ×` : "",
    ],
    ...[
      "100.0 %",
      "",
      "",
      "",
      "",
      "",
      "",
      alone.progressive.toFixed(4),
      "",
      alone.heldOut.toFixed(4),
      "",
      "",
      "",
    ],
  ];
  const head = [
    ...["", "events/s", "speed-up", "learning", "reading", "exchange", "waiting", "steps a round"],
    ...[
      "sent a round",
      "exchange a round",
      "log loss",
      "against alone",
      "held out",
      "against alone",
      "lost",
      "twice",
    ],
  ];
  return tableOf([head, plain, ...rows]);
};

const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

const tableOf = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => row[j]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, j) => (j === 0 ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!))).join(" | ")} |`;
  const rule = `|${widths.map((width, j) => (j === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join("\n");
};
