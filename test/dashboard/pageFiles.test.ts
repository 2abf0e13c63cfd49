import { expect, test } from "vitest";
import { decimated } from "../../src/dashboard/decimated.ts";
import { chartSvg } from "../../src/dashboard/page/chartSvg.ts";
import { csv } from "../../src/dashboard/page/csv.ts";
import { format, formatAxisTime, formatDuration } from "../../src/dashboard/page/format.ts";
import { box, layout } from "../../src/dashboard/page/layout.ts";

const lineOf = (...values: readonly number[]) => {
  const { init, step } = decimated(10);
  return values.reduce((state, value, at) => step(state, { at, value }), init());
};

test("csv() has a row for each bucket, and empty cells where nothing came", () => {
  const text = csv(lineOf(0, 1000), lineOf(5, 9), [
    ["loss", lineOf(0.5, Number.NaN)],
    ['a "b", c', lineOf(1, 2)],
  ]);
  expect(text).toBe(
    'time,step,loss,"a ""b"", c"\r\n1970-01-01T00:00:00.000Z,5,0.5,1\r\n1970-01-01T00:00:01.000Z,9,,2\r\n',
  );
});

test("csv() keeps spreadsheets from computing names", () => {
  expect(csv(lineOf(), lineOf(), [["=1+1", lineOf()]])).toBe("time,step,'=1+1\r\n");
});

test("chartSvg() draws lines and marks, and puts names in as text", () => {
  const picture = chartSvg({
    title: "<script>",
    x: [0, 1, 2],
    labelOf: String,
    lines: [{ name: "a & b", color: "rgb(1, 2, 3)", dash: [6, 3], values: [1, null, 3] }],
    marks: [1, 99],
    ink: "black",
    paper: "white",
  });
  expect(picture).toContain('d="M70.0 310.0L780.0 40.0"');
  expect(picture.match(/#d0342c/g)).toHaveLength(1);
  expect(picture).not.toContain("<script>");
  expect(picture).toContain("a &#38; b");
});

test("chartSvg() gives every name room, in as many rows as it takes", () => {
  const name = (i: number): string => `the recent rate at airport ${i}`;
  const picture = chartSvg({
    title: "long names",
    x: [0, 1],
    labelOf: String,
    lines: Array.from({ length: 8 }, (_, i) => ({
      name: name(i),
      color: "black",
      dash: undefined,
      values: [i, i],
    })),
    marks: [],
    ink: "black",
    paper: "white",
  });
  const places = Array.from({ length: 8 }, (_, i) => {
    const [, x, y] = new RegExp(`x="(\\d+)" y="(\\d+)">${name(i)}`).exec(picture)!;
    return { x: Number(x), y: Number(y) };
  });
  const height = Number(/viewBox="0 0 800 (\d+)"/.exec(picture)![1]);
  const wide = 7 * name(0).length;
  for (const [i, { x, y }] of places.entries()) {
    expect(x + wide).toBeLessThanOrEqual(800);
    expect(y).toBeLessThan(height);
    const next = places[i + 1];
    if (next) expect(next.y > y || next.x >= x + wide).toBe(true);
  }
});

test("layout() puts each node below those that it reads from, and no two on one place", () => {
  const node = (id: string) => ({ id, label: id, parameters: 0, outputs: 1 });
  const edges = [
    ["input", "a"],
    ["input", "b"],
    ["a", "c"],
    ["b", "c"],
    ["b", "d"],
    ["c", "d"],
    ["d", "output"],
  ].map(([from, to]) => ({ from: from!, to: to! }));
  const { nodes, width, height } = layout({
    nodes: ["input", "a", "b", "c", "d", "output"].map(node),
    edges,
  });
  const at = new Map(nodes.map((one) => [one.id, one]));
  for (const { from, to } of edges) expect(at.get(to)!.y).toBeGreaterThan(at.get(from)!.y);
  for (const a of nodes)
    for (const b of nodes)
      if (a !== b && a.y === b.y) expect(Math.abs(a.x - b.x)).toBeGreaterThanOrEqual(box.width);
  for (const { x, y } of nodes) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + box.width).toBeLessThanOrEqual(width);
    expect(y + box.height).toBeLessThanOrEqual(height);
  }
});

test("layout() leads an edge that passes a node round it", () => {
  const node = (id: string) => ({ id, label: id, parameters: 0, outputs: 1 });
  const edges = [
    { from: "input", to: "a" },
    { from: "a", to: "b" },
    { from: "b", to: "c" },
    { from: "a", to: "c" },
    { from: "c", to: "output" },
  ];
  const { nodes, detours, width } = layout({ nodes: ["input", "a", "b", "c", "output"].map(node), edges });
  expect([...detours.keys()]).toEqual(["a\nc"]);
  const b = nodes.find(({ id }) => id === "b")!;
  expect(detours.get("a\nc")).toBeGreaterThan(b.x + box.width);
  expect(detours.get("a\nc")).toBeLessThan(width);
});

test("format() is short, whatever the number", () => {
  expect([0.123456, 12_345, 2.5e6, 1.27e-7, 0, -3, null, Number.NaN].map((x) => format(x))).toEqual([
    "0.1235",
    "12.3 k",
    "2.5 M",
    "1.3e−7",
    "0",
    "−3",
    "–",
    "–",
  ]);
});

test("formatDuration() and formatAxisTime() are as exact as they need to be", () => {
  expect([8000, 367_000, 14_700_000, 183_600_000].map(formatDuration)).toEqual([
    "8 s",
    "6 min 7 s",
    "4 h 5 min",
    "2 d 3 h",
  ]);
  const noon = new Date(2026, 10, 23, 12, 5, 6).getTime() / 1000;
  expect([
    formatAxisTime(noon, 1, 60),
    formatAxisTime(noon, 60, 3600),
    formatAxisTime(noon, 3600, 1e6),
  ]).toEqual(["12:05:06", "12:05", "23 Nov 12:05"]);
});
