import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import river from "../fixtures/river.json" with { type: "json" };
import { csvStream } from "./csv.mjs";
import { type MeasuredStream, measure, streams } from "./measure.mjs";
import { markdownOf, tableOf, textOf } from "./report.mjs";
import { riverRun } from "./river.mjs";

const readingsOf = async (stream: MeasuredStream, limit: number) => {
  const { results } = await measure(stream, { seeds: [1], limit });
  return new Map(results.map(({ name, seeds }) => [name, seeds[0]!]));
};
const named = (name: string) => streams.find((stream) => stream.name === name)!;

it.each(["sea", "stagger", "sineConcept", "ledDisplay", "randomRbf", "rotatingHyperplane", "agrawal"])(
  "the default is right more often than baselines on %s, and not less often than the linear model",
  async (name) => {
    const readings = await readingsOf(named(name), 2000);
    const own = readings.get("default")!.accuracy!;
    expect(own).toBeGreaterThan(readings.get("no change")!.accuracy! + 0.1);
    expect(own).toBeGreaterThan(readings.get("prior class")!.accuracy! + 0.1);
    expect(own).toBeGreaterThan(readings.get("linear as River's")!.accuracy! - 0.01); // the hyperplane is linear
  },
);

it.each(["friedman", "friedman, drifting"])(
  "the default errs less than baselines and the linear model on %s",
  async (name) => {
    const readings = await readingsOf(named(name), 2000);
    const best = Math.min(...[...readings].map(([who, { mae }]) => (who === "default" ? 1e9 : mae!)));
    expect(readings.get("default")!.mae).toBeLessThan(0.95 * best);
  },
);

it("the default is right more often than baselines on mails", async () => {
  const readings = await readingsOf(named("mails: spam?"), 1500);
  const own = readings.get("default")!.accuracy!;
  expect(own).toBeGreaterThan(readings.get("no change")!.accuracy! + 0.02);
  expect(own).toBeGreaterThan(readings.get("prior class")!.accuracy! + 0.02);
});

it("the default is as good where labels come late", async () => {
  const late = (stream: MeasuredStream): MeasuredStream => ({
    ...stream,
    load: async (options) => {
      const { schema, items } = await stream.load(options);
      return { schema, items: items.map((item, i) => ({ ...item, moment: i, due: i + 100 + (i % 7) })) };
    },
  });
  const sea = await readingsOf(late(named("sea")), 2000);
  expect(sea.get("default")!.accuracy).toBeGreaterThan(0.83);
  const friedman = await readingsOf(late(named("friedman")), 2000);
  expect(friedman.get("default")!.mae).toBeLessThan(0.6 * friedman.get("running mean")!.mae!);
});

it("csvStream() reads numbers, dates, categories and a target from a file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rxgrad-"));
  try {
    const path = join(folder, "weather.csv");
    const rows = Array.from({ length: 300 }, (_, i) => {
      const warm = i % 3 === 0;
      const day = new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);
      return `${day},${warm ? "south" : "north"},${i % 7 === 0 ? "" : i % 5},${warm ? "sun, mild" : "rain"}`;
    });
    writeFileSync(
      path,
      `date,wind,gusts,sky\n${rows.map((row) => row.replace("sun, mild", '"sun, mild"')).join("\n")}\n`,
    );
    const stream = csvStream(path, { target: "sky" });
    expect(stream).toMatchObject({ name: "weather", task: "classification", capacity: 2 });
    expect(csvStream(path, { target: "gusts", task: "regression" }).task).toBe("regression");
    expect((await readingsOf(stream, 300)).get("default")!.accuracy).toBeGreaterThan(0.95);
    expect(() => csvStream(path, { target: "moon" })).toThrow(
      `--target expects a column of ${path} (date, wind, gusts, sky), got moon`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("tableOf() tells means and half of the range over seeds", () => {
  const measured = {
    stream: "a",
    task: "classification",
    events: 3,
    results: [
      { name: "default", seeds: [{ accuracy: 0.5 }, { accuracy: 0.75 }] },
      { name: "no change", seeds: [{ accuracy: 0.25 }] },
    ],
  };
  expect(textOf(tableOf(measured))).toBe(
    ["                   accuracy", "  default    0.6250 ±0.1250", "  no change          0.2500"].join("\n"),
  );
  expect(markdownOf([measured])).toContain("| default | 0.6250 ±0.1250 |");
});

it.each(river.runs)(
  "riverRun() predicts what River's arithmetic does: $kind at $rate",
  ({ kind, rate, y, predictions }) => {
    const said = riverRun({ x: river.x, y }, { kind: kind as "value" | "yes", rate });
    predictions.forEach((p, i) => {
      expect(Math.abs(said.predictions[i]! - p)).toBeLessThan(1e-12 * Math.max(1, Math.abs(p)));
    });
    const scored = predictions.map((p, i) => [p, y[i]!] as const);
    if (kind === "yes")
      expect(said.accuracy).toBe(scored.filter(([p, t]) => p > 0.5 === (t === 1)).length / y.length);
    else
      expect(said.mae).toBeCloseTo(scored.reduce((sum, [p, t]) => sum + Math.abs(p - t), 0) / y.length, 12);
  },
);
