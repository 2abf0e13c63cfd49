import { readFileSync } from "node:fs";
import { matrix, toRows, zeros } from "rxgrad";
import { describe, expect, it } from "vitest";
import type { Mode } from "../../src/layers/layer.ts";
import type { Matrix } from "../../src/math/matrix.ts";
import { benchOf, evaluate } from "../laws/layer.ts";

type Rows = readonly (readonly number[])[];
interface Told {
  readonly source: string;
  readonly mode: Mode;
  readonly x: Rows;
  readonly dy: Rows;
  readonly y: Rows;
  readonly dx?: Rows;
  readonly parameters?: Readonly<Record<string, Rows>>;
  readonly gradients?: Readonly<Record<string, Rows>>;
  readonly before?: Readonly<Record<string, readonly number[]>>;
  readonly after?: Readonly<Record<string, readonly number[]>>;
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
const told: readonly Told[] = [...read("layers"), ...read("sequences").layers];

const agree = (got: Matrix, want: Rows): void => {
  expect([got.rows, got.cols]).toEqual([want.length, want[0]!.length]);
  want.flat().forEach((w, i) => {
    const v = got.data[i]!;
    const off = Math.abs(v - w) / Math.max(1, Math.abs(w));
    expect(off, `${v} for ${w} at ${i}`).toBeLessThanOrEqual(1e-10);
  });
};

describe.each(told.map((one) => [one.source, one.mode, one] as const))("%s in %s", (source, mode, one) => {
  it("answers as PyTorch does, forward and backward", () => {
    const { own, pass, commits } = benchOf(evaluate(source), one.x.length, [one.x[0]!.length]);
    expect(Object.keys(own.parameters)).toEqual(Object.keys(one.parameters ?? {}));
    for (const [name, rows] of Object.entries(one.parameters ?? {}))
      own.parameters[name]!.value.data.set(rows.flat());
    for (const [name, values] of Object.entries(one.before ?? {})) own.buffers[name]!.data.set(values);
    agree(pass.forward(matrix(one.x), mode), one.y);
    const dx = pass.backward(matrix(one.dy), false) as Matrix;
    agree(dx, one.dx ?? toRows(zeros(dx.rows, dx.cols)));
    for (const [name, rows] of Object.entries(one.gradients ?? {})) agree(own.parameters[name]!.grad, rows);
    for (const [name, values] of Object.entries(one.before ?? {}))
      expect([...own.buffers[name]!.data]).toEqual(values); // not before the update
    for (const commit of commits) commit();
    for (const [name, values] of Object.entries(one.after ?? {})) agree(own.buffers[name]!, [values]);
  });
});
