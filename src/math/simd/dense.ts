// Long because forward and backward are each emitted as one function, whose parts stand in the order in which they run.
import { activate, slope } from "./activate.ts";
import { type Code, type FunctionSpec, i32, type Local, type Scope, v128 } from "./assembler.ts";
import type { Count } from "./count.ts";
import { dots } from "./dots.ts";
import {
  copyBytes,
  iadd,
  imul,
  int,
  load,
  loadSplat,
  loop,
  type MultiplyAdd,
  mul,
  store,
  storeLanes,
} from "./instructions.ts";
import { product } from "./product.ts";
import { sumRows } from "./sumRows.ts";
import { timesTransposed } from "./timesTransposed.ts";
import { type VectorActivation, vectorActivation } from "./vectorActivation.ts";

/** One row, some, or so many that copying panels pays. */
export type Height = "one" | "few" | "many";

export const heightOf = (rows: number, outputs: number): Height =>
  rows === 1 ? "one" : rows < 12 || outputs === 1 ? "few" : "many";

export interface DenseSizes {
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  /** What the activation prints as; undefined for none. */
  readonly activation: string | undefined;
  readonly height: Height;
}

const float = 4;

/** forward(x, W, b, z, y, rows): z = x·W + b, y = f(z); where f′ needs no z, y and z are one. */
const forward = (shape: DenseSizes, f: VectorActivation | undefined, madd: MultiplyAdd): FunctionSpec => ({
  name: "forward",
  parameters: [i32, i32, i32, i32, i32, i32],
  body: (scope) => {
    const [x, W, b, z, y, n] = scope.parameters as Ten;
    const { inputs, outputs, bias, height } = shape;
    const rows: Count = height === "one" ? 1 : n.get;
    const start = bias ? b : "zero";
    const affine =
      outputs === 1
        ? dots(scope, {
            rows,
            inner: inputs,
            a: { at: x, row: inputs * float },
            b: { at: W, step: float },
            c: { at: z, row: float },
            start,
            madd,
          })
        : product(scope, {
            rows,
            inner: inputs,
            cols: outputs,
            a: { at: x, row: inputs * float, step: float },
            b: { at: W, step: outputs * float },
            c: { at: z, row: outputs * float },
            start,
            madd,
          });
    if (!f) return affine;
    return [affine, activate(scope, f, z, y, sizeOf(n, outputs, height))];
  },
});

/** backward(x, z, y, dy, dz, W, dW, db, dx, rows): dz = dy ∘ f′, dW = xᵀ·dz, db = Σ dz, dx = dz·Wᵀ. */
const backward = (
  name: string,
  shape: DenseSizes,
  f: VectorActivation | undefined,
  { accumulate, inputGrad }: { accumulate: boolean; inputGrad: boolean },
  madd: MultiplyAdd,
): FunctionSpec => ({
  name,
  parameters: [i32, i32, i32, i32, i32, i32, i32, i32, i32, i32],
  body: (scope) => {
    const [x, z, y, dy, dz, W, dW, db, dx, n] = scope.parameters as Ten;
    const { outputs, bias, height } = shape;
    return [
      f ? slope(scope, f, { z, y, dy, dz }, sizeOf(n, outputs, height)) : [],
      weightGradient(scope, shape, { x, dz, dW, n, accumulate, madd }),
      bias ? biasGradient(scope, shape, { dz, db, n, accumulate }) : [],
      inputGrad ? inputGradient(scope, shape, { dz, W, dx, n, madd }) : [],
    ];
  },
});

const weightGradient = (
  scope: Scope,
  { inputs, outputs, height }: DenseSizes,
  {
    x,
    dz,
    dW,
    n,
    accumulate,
    madd,
  }: { x: Local; dz: Local; dW: Local; n: Local; accumulate: boolean; madd: MultiplyAdd },
): Code => {
  const start = accumulate ? "existing" : "zero";
  const inner: Count = height === "one" ? 1 : n.get;
  if (outputs === 1)
    return product(scope, {
      rows: 1,
      inner,
      cols: inputs,
      a: { at: dz, row: float, step: float },
      b: { at: x, step: inputs * float },
      c: { at: dW, row: inputs * float },
      start,
      madd,
    });
  if (height === "one") return outer(scope, { inputs, outputs, x, dz, dW, accumulate, madd });
  return product(scope, {
    rows: inputs,
    inner,
    cols: outputs,
    a: { at: x, row: float, step: inputs * float },
    b: { at: dz, step: outputs * float },
    c: { at: dW, row: outputs * float },
    start,
    madd,
  });
};

/** dW = xᵀ·dz of one row each, written line by line. */
const outer = (
  scope: Scope,
  {
    inputs,
    outputs,
    x,
    dz,
    dW,
    accumulate,
    madd,
  }: {
    inputs: number;
    outputs: number;
    x: Local;
    dz: Local;
    dW: Local;
    accumulate: boolean;
    madd: MultiplyAdd;
  },
): Code => {
  const xi = scope.local(i32);
  const row = scope.local(i32);
  const j = scope.local(i32);
  const [a, v] = [scope.local(v128), scope.local(v128)];
  const whole = outputs & ~3;
  const term = (at: Code, offset: number): Code => {
    const d = load(iadd(dz.get, at), offset);
    return accumulate ? madd(a.get, d, load(iadd(row.get, at), offset)) : mul(a.get, d);
  };
  const line: Code =
    whole <= 64
      ? Array.from({ length: whole / 4 }, (_, k) => store(row.get, term(int(0), 16 * k), 16 * k))
      : loop(j, int(0), int(whole * float), 16, store(iadd(row.get, j.get), term(j.get, 0)));
  return [
    row.set(dW.get),
    loop(xi, x.get, iadd(x.get, int(inputs * float)), float, [
      a.set(loadSplat(xi.get)),
      line,
      outputs % 4
        ? [v.set(term(int(0), whole * float)), storeLanes(row.get, v, outputs % 4, whole * float)]
        : [],
      row.set(iadd(row.get, int(outputs * float))),
    ]),
  ];
};

const biasGradient = (
  scope: Scope,
  { outputs, height }: DenseSizes,
  { dz, db, n, accumulate }: { dz: Local; db: Local; n: Local; accumulate: boolean },
): Code => {
  if (height !== "one" || accumulate)
    return sumRows(scope, { rows: height === "one" ? 1 : n.get, cols: outputs, a: dz, c: db, accumulate });
  if (outputs > 64) return copyBytes(db.get, dz.get, int(outputs * float));
  const v = scope.local(v128);
  return Array.from({ length: Math.ceil(outputs / 4) }, (_, k) => [
    v.set(load(dz.get, 16 * k)),
    storeLanes(db.get, v, outputs - 4 * k, 16 * k),
  ]);
};

const inputGradient = (
  scope: Scope,
  { inputs, outputs, height }: DenseSizes,
  { dz, W, dx, n, madd }: { dz: Local; W: Local; dx: Local; n: Local; madd: MultiplyAdd },
): Code => {
  const rows: Count = height === "one" ? 1 : n.get;
  const c = { at: dx, row: inputs * float };
  if (outputs === 1)
    return product(scope, {
      rows,
      inner: 1,
      cols: inputs,
      a: { at: dz, row: float, step: float },
      b: { at: W, step: 0 },
      c,
      start: "zero",
      madd,
    });
  return timesTransposed(scope, { rows, inner: outputs, cols: inputs, a: dz, b: W, c: dx, madd });
};

const sizeOf = (n: Local, cols: number, height: Height): Code =>
  height === "one" ? int(cols * float) : imul(n.get, int(cols * float));

type Ten = readonly [Local, Local, Local, Local, Local, Local, Local, Local, Local, Local];

/** The functions of a dense layer for one row or some: forward, and backward with and without input gradient, writing or adding. */
export const denseFunctions = (shape: DenseSizes, madd: MultiplyAdd): readonly FunctionSpec[] => {
  const f = shape.activation === undefined ? undefined : vectorActivation(shape.activation);
  return [
    forward(shape, f, madd),
    ...[true, false].flatMap((accumulate) =>
      [true, false].map((inputGrad) =>
        backward(
          `backward${inputGrad ? "" : "Last"}${accumulate ? "Adding" : ""}`,
          shape,
          f,
          { accumulate, inputGrad },
          madd,
        ),
      ),
    ),
  ];
};
