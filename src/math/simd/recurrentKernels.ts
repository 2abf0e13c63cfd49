import type { Kernels } from "../kernels.ts";
import { type Code, type FunctionSpec, i32, type Local, type Scope } from "./assembler.ts";
import { at } from "./at.ts";
import { sigmoid, tanh } from "./functions.ts";
import { add, four, iadd, int, load, loop, mul, storeLanes, sub } from "./instructions.ts";
import type { linker } from "./linker.ts";
import { overEvery, vectors } from "./over.ts";

/** Columns of matrices at the same units, four or one: block b of matrix m is a gate, or a state. */
interface Units {
  get(m: number, b?: number): Code;
  put(x: Local, m: number, b?: number): Code;
}

/**
 * A function of pointers to matrices, of the number of rows, and of the bytes from row to row of the first matrix, which has
 * the other steps between. Matrix m has `blocks[m]` blocks of `units` columns.
 */
const byUnit = (
  name: string,
  units: number,
  blocks: readonly number[],
  visit: (scope: Scope, units: Units) => Code,
): FunctionSpec => ({
  name,
  parameters: Array.from({ length: blocks.length + 2 }, () => i32 as typeof i32),
  body: (scope) => {
    const pointers = scope.parameters.slice(0, blocks.length);
    const [rows, stride] = scope.parameters.slice(blocks.length) as [Local, Local];
    const i = scope.local(i32);
    return loop(i, int(0), rows.get, 1, [
      overEvery(scope, int(0), int(4 * units), (j, lanes) =>
        visit(scope, {
          get: (m, b = 0) => load(iadd(pointers[m]!.get, j), 4 * units * b),
          put: (x, m, b = 0) => storeLanes(iadd(pointers[m]!.get, j), x, lanes, 4 * units * b),
        }),
      ),
      pointers.map((p, m) => p.set(iadd(p.get, m === 0 ? stride.get : int(4 * units * blocks[m]!)))),
    ]);
  },
});

const less = (x: Local): Code => sub(four(1), x.get); // 1 − x
const sigmoidSlope = (y: Local): Code => mul(y.get, less(y));
const tanhSlope = (y: Local): Code => sub(four(1), mul(y.get, y.get));

const gruFunctions = (units: number): readonly FunctionSpec[] => [
  // gi, gh, h, kept, next
  byUnit("forward", units, [3, 3, 1, 4, 1], (scope, { get, put }) => {
    const [r, z, n, ghn, next] = vectors(scope, 5);
    return [
      r.set(sigmoid(scope, add(get(0, 0), get(1, 0)))),
      z.set(sigmoid(scope, add(get(0, 1), get(1, 1)))),
      ghn.set(get(1, 2)),
      n.set(tanh(scope, add(get(0, 2), mul(r.get, ghn.get)))),
      next.set(add(mul(less(z), n.get), mul(z.get, get(2)))),
      [r, z, n, ghn].map((x, b) => put(x, 3, b)),
      put(next, 4),
    ];
  }),
  // dgi, dgh, dNext, kept, h, direct
  byUnit("backward", units, [3, 3, 1, 4, 1, 1], (scope, { get, put }) => {
    const [r, z, n, dh, dr, dz, dn, x] = vectors(scope, 8);
    return [
      [r, z, n].map((gate, b) => gate.set(get(3, b))),
      dh.set(get(2)),
      dn.set(mul(mul(dh.get, less(z)), tanhSlope(n))),
      dz.set(mul(mul(dh.get, sub(get(4), n.get)), sigmoidSlope(z))),
      dr.set(mul(mul(dn.get, get(3, 3)), sigmoidSlope(r))),
      [dr, dz, dn].map((d, b) => put(d, 0, b)),
      x.set(mul(dn.get, r.get)),
      [dr, dz, x].map((d, b) => put(d, 1, b)),
      x.set(mul(dh.get, z.get)),
      put(x, 5),
    ];
  }),
];

const lstmFunctions = (units: number): readonly FunctionSpec[] => [
  // gi, gh, c, kept, nextC, nextH
  byUnit("forward", units, [4, 4, 1, 5, 1, 1], (scope, { get, put }) => {
    const [i, f, g, o, c, tanhC, h] = vectors(scope, 7);
    return [
      i.set(sigmoid(scope, add(get(0, 0), get(1, 0)))),
      f.set(sigmoid(scope, add(get(0, 1), get(1, 1)))),
      g.set(tanh(scope, add(get(0, 2), get(1, 2)))),
      o.set(sigmoid(scope, add(get(0, 3), get(1, 3)))),
      c.set(add(mul(f.get, get(2)), mul(i.get, g.get))),
      tanhC.set(tanh(scope, c.get)),
      h.set(mul(o.get, tanhC.get)),
      [i, f, g, o, tanhC].map((x, b) => put(x, 3, b)),
      put(c, 4),
      put(h, 5),
    ];
  }),
  // dgi, dgh, dNext, dc, kept, c
  byUnit("backward", units, [4, 4, 1, 1, 5, 1], (scope, { get, put }) => {
    const [i, f, g, o, tanhC, dh, dc] = vectors(scope, 7);
    const gradients = vectors(scope, 4);
    const [di, df, dg, dO] = gradients;
    return [
      [i, f, g, o, tanhC].map((x, b) => x.set(get(4, b))),
      dh.set(get(2)),
      dc.set(add(get(3), mul(mul(dh.get, o.get), tanhSlope(tanhC)))),
      di.set(mul(mul(dc.get, g.get), sigmoidSlope(i))),
      df.set(mul(mul(dc.get, get(5)), sigmoidSlope(f))),
      dg.set(mul(mul(dc.get, i.get), tanhSlope(g))),
      dO.set(mul(mul(dh.get, tanhC.get), sigmoidSlope(o))),
      gradients.map((d, b) => [put(d, 0, b), put(d, 1, b)]),
      dc.set(mul(dc.get, f.get)),
      put(dc, 3),
    ];
  }),
];

/** What happens at a step of a recurrent layer, each way in one function. */
export const recurrentKernels = (link: ReturnType<typeof linker>): Pick<Kernels, "gru" | "lstm"> => ({
  gru: (rows, units, steps) => {
    const { forward, backward } = link(`gru ${units}`, () => gruFunctions(units));
    const step = 12 * units;
    const row = step * steps;
    return {
      forward: (t, gi, gh, h, kept, next) =>
        void forward!(at(gi) + t * step, at(gh), at(h), at(kept), at(next), rows, row),
      backward: (t, dNext, kept, h, dgi, dgh, direct) =>
        void backward!(at(dgi) + t * step, at(dgh), at(dNext), at(kept), at(h), at(direct), rows, row),
    };
  },
  lstm: (rows, units, steps) => {
    const { forward, backward } = link(`lstm ${units}`, () => lstmFunctions(units));
    const step = 16 * units;
    const row = step * steps;
    return {
      forward: (t, gi, gh, c, kept, nextC, nextH) =>
        void forward!(at(gi) + t * step, at(gh), at(c), at(kept), at(nextC), at(nextH), rows, row),
      backward: (t, dNext, dc, kept, c, dgi, dgh) =>
        void backward!(at(dgi) + t * step, at(dgh), at(dNext), at(dc), at(kept), at(c), rows, row),
    };
  },
});
