import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Instrument, instruments, prometheusName } from "../../src/adapters/instruments.ts";
import { fileAt } from "../support/sources.ts";

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
    readonly datasource: { readonly uid: string };
  }[];
}
const text = readFileSync("docs/grafana.json", "utf8");
const dashboard = JSON.parse(text) as {
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[];
  };
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] };
  readonly [name: string]: unknown;
};
const targets = dashboard.panels.flatMap(({ targets }) => targets ?? []);
const expressions = [
  ...targets.map(({ expr }) => expr),
  ...dashboard.templating.list.flatMap(({ definition }) => definition ?? []),
  ...dashboard.annotations.list.flatMap(({ expr }) => expr ?? []),
];

/** Names of the series of each instrument, with the labels that they have. */
const series = new Map<string, readonly string[]>(
  (Object.values(instruments) as readonly Instrument[]).flatMap((one) => {
    const name = prometheusName(one);
    const labels = ["model", "job", "instance", ...one.labels];
    return one.kind === "histogram"
      ? [
          [`${name}_bucket`, [...labels, "le"]],
          [`${name}_sum`, labels],
          [`${name}_count`, labels],
        ]
      : [[name, labels]];
  }) as readonly [string, readonly string[]][],
);
const namesIn = (expression: string) => expression.match(/\brxgrad_\w+/g) ?? [];

it("docs/grafana.json asks only for metrics that are exported, by labels that they have", () => {
  expect(expressions.length).toBeGreaterThan(30);
  for (const expression of expressions) {
    const names = namesIn(expression);
    expect(names.filter((name) => !series.has(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(0);
    const known = new Set(names.flatMap((name) => series.get(name)!));
    const grouped = [...expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list]) =>
      list!.split(", "),
    );
    const matched = [...expression.matchAll(/(\w+)(?:=~|=|!=|!~)"/g)].map(([, label]) => label!);
    expect([...grouped, ...matched].filter((label) => !known.has(label))).toEqual([]);
  }
  for (const { expr, legendFormat } of targets) {
    const known = new Set(namesIn(expr).flatMap((name) => series.get(name)!));
    expect([...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].filter(([, label]) => !known.has(label!))).toEqual(
      [],
    );
  }
});

it("docs/grafana.json shows every metric", () => {
  const shown = new Set(targets.flatMap(({ expr }) => namesIn(expr)));
  const missing = (Object.values(instruments) as readonly Instrument[])
    .map((one) => prometheusName(one))
    .filter((name) => !shown.has(name) && !shown.has(`${name}_bucket`));
  expect(missing).toEqual([]);
});

it("docs/grafana.json takes counters by rate or increase, and balances its parentheses", () => {
  for (const { expr } of targets) {
    for (const name of expr.match(/rxgrad_\w+_(?:total|bucket|sum|count)\b/g) ?? [])
      expect(expr).toMatch(new RegExp(`(?:rate|increase)\\(${name}\\{[^}]*\\}\\[`));
    for (const [open, close] of ["()", "{}", "[]"])
      expect(expr.split(open!).length).toBe(expr.split(close!).length);
  }
});

it("docs/grafana.json has what Grafana's import needs", () => {
  expect(dashboard).toMatchObject({ title: "rxgrad", uid: "rxgrad", id: null, schemaVersion: 41 });
  expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([
    ["datasource", "datasource"],
    ["job", "query"],
    ["model", "query"],
  ]);
  expect(dashboard.time).toEqual({ from: "now-1h", to: "now" });
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const taken = new Set<string>();
  for (const { type, title, gridPos, targets = [], datasource } of dashboard.panels) {
    expect(title).not.toBe("");
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken).not.toContain(`${x},${y}`);
        taken.add(`${x},${y}`);
      }
    if (type === "row") continue;
    expect(["timeseries", "stat"]).toContain(type);
    expect(datasource).toEqual({ type: "prometheus", uid: variable });
    expect(targets.every(({ datasource: { uid } }) => uid === variable)).toBe(true);
    const refs = targets.map(({ refId }) => refId);
    expect(refs.length).toBeGreaterThan(0);
    expect(new Set(refs).size).toBe(refs.length);
  }
});

/** The data source that Grafana asks for on import. */
const variable = ["$", "{datasource}"].join("");

it("docs/operating.md tells of every metric: its name, kind, labels and help", () => {
  const page = fileAt("docs/operating.md").text;
  const rows = (Object.values(instruments) as readonly Instrument[]).map((one) => {
    const labels = one.labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${prometheusName(one)}\` | ${one.kind} | ${labels} | ${one.help} |`;
  });
  expect(rows.filter((row) => !page.includes(`${row}\n`))).toEqual([]);
  expect(page.match(/^\| `rxgrad_/gm)).toHaveLength(rows.length);
  const alerts = [...page.matchAll(/\brxgrad_\w+/g)].map(([name]) => name);
  expect(alerts.filter((name) => !series.has(name) && !series.has(`${name}_bucket`))).toEqual([]);
});
