// Long because normalizing rows and columns, and the ways back, stand here side by side.
import type { Kernels } from "../kernels.ts";
import { type Code, type FunctionSpec, f32, f64, i32, type Local, type Scope } from "./assembler.ts";
import { at } from "./at.ts";
import { within } from "./classLosses.ts";
import {
  add,
  addDoubles,
  clear,
  ddiv,
  div,
  divDoubles,
  double,
  doubleOf,
  dsub,
  fadd,
  four,
  fourInts,
  fsqrt,
  iadd,
  imul,
  int,
  load,
  loadLanes,
  loadSplat,
  loop,
  mul,
  mulDoubles,
  shuffle,
  single,
  splat,
  splatDouble,
  sqrt,
  storeLanes,
  storeSingle,
  sub,
  toDouble,
  toSingle,
  twoDoubles,
  twoSingles,
} from "./instructions.ts";
import type { linker } from "./linker.ts";
import { overEvery, overRow, overRows, sum, upper, vectors } from "./over.ts";

const pointers = (count: number) => Array.from({ length: count }, () => i32 as typeof i32);
type Pointers = readonly [Local, Local, Local, Local, Local, Local, Local, Local, Local];
const pointersOf = (scope: Scope): Pointers => scope.parameters as unknown as Pointers;

const normalizeRows = (cols: number, epsilon: number): FunctionSpec => ({
  name: "forward",
  parameters: pointers(7), // x, γ, β, x̂, √(σ² + ε), y, rows
  body: (scope) => {
    const [x, γ, β, normalized, deviation, y, rows] = pointersOf(scope);
    const [v, high, low] = vectors(scope, 3);
    const mean = scope.local(f64);
    const root = scope.local(f32);
    const total = sum(scope);
    const row: Code = [
      total.start,
      overRow(scope, cols, (j, lanes) => [
        v.set(within(loadLanes(iadd(x.get, j), 4), lanes)),
        total.plus(v, 4),
      ]),
      mean.set(ddiv(total.total, double(cols))),
      // in two floats, so that nothing is lost where the mean is large
      high.set(splat(toSingle(mean.get))),
      low.set(splat(toSingle(dsub(mean.get, toDouble(toSingle(mean.get)))))),
      total.start,
      overRow(scope, cols, (j, lanes) => [
        v.set(within(sub(sub(load(iadd(x.get, j)), high.get), low.get), lanes)),
        storeLanes(iadd(normalized.get, j), v, lanes),
        total.squared(v),
      ]),
      root.set(fsqrt(fadd(toSingle(ddiv(total.total, double(cols))), single(epsilon)))),
      storeSingle(deviation.get, root.get),
      overRow(scope, cols, (j, lanes) => [
        v.set(div(load(iadd(normalized.get, j)), splat(root.get))),
        storeLanes(iadd(normalized.get, j), v, lanes),
        v.set(add(mul(load(iadd(γ.get, j)), v.get), load(iadd(β.get, j)))),
        storeLanes(iadd(y.get, j), v, lanes),
      ]),
    ];
    return overRows(
      scope,
      rows.get,
      [
        [x, 4 * cols],
        [normalized, 4 * cols],
        [deviation, 4],
        [y, 4 * cols],
      ],
      row,
    );
  },
});

const normalizeRowsBack = (cols: number, accumulate: boolean): FunctionSpec => ({
  name: accumulate ? "adding" : "backward",
  parameters: pointers(8), // dy, γ, x̂, √(σ² + ε), dγ, dβ, dx, rows
  body: (scope) => {
    const [dy, γ, normalized, deviation, dγ, dβ, dx, rows] = pointersOf(scope);
    const [d, x̂, g, v, mean, along] = vectors(scope, 6);
    const [means, alongs] = [sum(scope), sum(scope)];
    const read = (j: Code, lanes: number): Code => [
      d.set(load(iadd(dy.get, j))),
      x̂.set(load(iadd(normalized.get, j))),
      g.set(within(mul(d.get, load(iadd(γ.get, j))), lanes)),
    ];
    const addTo = (at: Code, x: Code, lanes: number): Code => [
      v.set(add(load(at), x)),
      storeLanes(at, v, lanes),
    ];
    const row: Code = [
      means.start,
      alongs.start,
      overRow(scope, cols, (j, lanes) => [
        read(j, lanes),
        means.plus(g, 4),
        addTo(iadd(dγ.get, j), mul(d.get, x̂.get), lanes),
        addTo(iadd(dβ.get, j), d.get, lanes),
        v.set(within(mul(g.get, x̂.get), lanes)),
        alongs.plus(v, 4),
      ]),
      mean.set(splat(toSingle(ddiv(means.total, double(cols))))),
      along.set(splat(toSingle(ddiv(alongs.total, double(cols))))),
      overRow(scope, cols, (j, lanes) => [
        read(j, lanes),
        v.set(div(sub(sub(g.get, mean.get), mul(x̂.get, along.get)), loadSplat(deviation.get))),
        storeLanes(iadd(dx.get, j), v, lanes),
      ]),
    ];
    return [
      accumulate ? [] : [clear(dγ.get, int(4 * cols)), clear(dβ.get, int(4 * cols))],
      overRows(
        scope,
        rows.get,
        [
          [dy, 4 * cols],
          [normalized, 4 * cols],
          [deviation, 4],
          [dx, 4 * cols],
        ],
        row,
      ),
    ];
  },
});

/** Visits the rows of four columns: `body` gets the offset of their elements. */
const overColumn = (scope: Scope, cols: number, rows: Local, j: Code, body: (offset: Code) => Code): Code => {
  const i = scope.local(i32);
  return loop(i, j, iadd(j, imul(rows.get, int(4 * cols))), 4 * cols, body(i.get));
};

/** Sums of four columns in doubles. */
const columnSums = (scope: Scope) => {
  const [low, high, v] = vectors(scope, 3);
  return {
    start: [low.set(fourInts(0)), high.set(fourInts(0))] as Code,
    plus: (x: Code): Code => [
      v.set(x),
      low.set(addDoubles(low.get, twoDoubles(v.get))),
      high.set(addDoubles(high.get, twoDoubles(upper(v.get)))),
    ],
    squared: (x: Code): Code => [
      v.set(x),
      low.set(addDoubles(low.get, mulDoubles(twoDoubles(v.get), twoDoubles(v.get)))),
      high.set(addDoubles(high.get, mulDoubles(twoDoubles(upper(v.get)), twoDoubles(upper(v.get))))),
    ],
    total: shuffle(twoSingles(low.get), twoSingles(high.get), [0, 1, 4, 5]),
    mean: (rows: Local): Code => {
      const by = (x: Local) => twoSingles(divDoubles(x.get, splatDouble(doubleOf(rows.get))));
      return shuffle(by(low), by(high), [0, 1, 4, 5]);
    },
  };
};

const moments = (cols: number): FunctionSpec => ({
  name: "moments",
  parameters: pointers(4), // x, μ, σ², rows
  body: (scope) => {
    const [x, mean, variance, rows] = pointersOf(scope);
    const [μ, v] = vectors(scope, 2);
    const sums = columnSums(scope);
    return overRow(scope, cols, (j, lanes) => [
      sums.start,
      overColumn(scope, cols, rows, j, (i) => sums.plus(load(iadd(x.get, i)))),
      μ.set(sums.mean(rows)),
      storeLanes(iadd(mean.get, j), μ, lanes),
      sums.start,
      overColumn(scope, cols, rows, j, (i) => sums.squared(sub(load(iadd(x.get, i)), μ.get))),
      v.set(sums.mean(rows)),
      storeLanes(iadd(variance.get, j), v, lanes),
    ]);
  },
});

const normalizeColumns = (cols: number, epsilon: number): FunctionSpec => ({
  name: "forward",
  parameters: pointers(8), // x, μ, σ², γ, β, x̂, y, rows
  body: (scope) => {
    const [x, mean, variance, γ, β, normalized, y, rows] = pointersOf(scope);
    const [μ, deviation, g, b, v] = vectors(scope, 5);
    return overRow(scope, cols, (j, lanes) => [
      μ.set(load(iadd(mean.get, j))),
      deviation.set(sqrt(add(load(iadd(variance.get, j)), four(epsilon)))),
      g.set(load(iadd(γ.get, j))),
      b.set(load(iadd(β.get, j))),
      overColumn(scope, cols, rows, j, (i) => [
        v.set(div(sub(load(iadd(x.get, i)), μ.get), deviation.get)),
        storeLanes(iadd(normalized.get, i), v, lanes),
        v.set(add(mul(g.get, v.get), b.get)),
        storeLanes(iadd(y.get, i), v, lanes),
      ]),
    ]);
  },
});

const normalizeColumnsBack = (
  cols: number,
  epsilon: number,
  accumulate: boolean,
  fixed: boolean,
): FunctionSpec => ({
  name: `${accumulate ? "adding" : "backward"}${fixed ? "Fixed" : ""}`,
  parameters: pointers(8), // dy, γ, x̂, σ², dγ, dβ, dx, rows
  body: (scope) => {
    const [dy, γ, normalized, variance, dγ, dβ, dx, rows] = pointersOf(scope);
    const [mean, along, scale, d, v] = vectors(scope, 5);
    const [ofγ, ofβ] = [columnSums(scope), columnSums(scope)];
    const write = (at: Code, total: Code, lanes: number): Code => [
      v.set(accumulate ? add(load(at), total) : total),
      storeLanes(at, v, lanes),
    ];
    return overRow(scope, cols, (j, lanes) => [
      ofγ.start,
      ofβ.start,
      overColumn(scope, cols, rows, j, (i) => [
        d.set(load(iadd(dy.get, i))),
        ofγ.plus(mul(d.get, load(iadd(normalized.get, i)))),
        ofβ.plus(d.get),
      ]),
      write(iadd(dγ.get, j), ofγ.total, lanes),
      write(iadd(dβ.get, j), ofβ.total, lanes),
      mean.set(ofβ.mean(rows)),
      along.set(ofγ.mean(rows)),
      scale.set(div(load(iadd(γ.get, j)), sqrt(add(load(iadd(variance.get, j)), four(epsilon))))),
      overColumn(scope, cols, rows, j, (i) => [
        d.set(load(iadd(dy.get, i))),
        fixed ? [] : d.set(sub(sub(d.get, mean.get), mul(load(iadd(normalized.get, i)), along.get))),
        v.set(mul(scale.get, d.get)),
        storeLanes(iadd(dx.get, i), v, lanes),
      ]),
    ]);
  },
});

/** approach(a, b, bytes, factor, rate): a ← a + rate·(factor·b − a). */
const approachFunctions = (): readonly FunctionSpec[] => [
  {
    name: "approach",
    parameters: [i32, i32, i32, f32, f32],
    body: (scope) => {
      const [a, b, bytes, factor, rate] = pointersOf(scope);
      const [from, to] = vectors(scope, 2);
      return overEvery(scope, int(0), bytes.get, (i, lanes) => [
        from.set(loadLanes(iadd(a.get, i), lanes)),
        to.set(mul(splat(factor.get), loadLanes(iadd(b.get, i), lanes))),
        to.set(add(from.get, mul(splat(rate.get), sub(to.get, from.get)))),
        storeLanes(iadd(a.get, i), to, lanes),
      ]);
    },
  },
];

type Normalizing =
  | "normalizeRows"
  | "normalizeRowsBack"
  | "moments"
  | "normalizeColumns"
  | "normalizeColumnsBack"
  | "approach";

/** What layerNorm and batchNorm are made of. */
export const normKernels = (link: ReturnType<typeof linker>): Pick<Kernels, Normalizing> => ({
  normalizeRows: (rows, cols, epsilon) => {
    const { forward } = link(`normalizeRows ${cols} ${epsilon}`, () => [normalizeRows(cols, epsilon)]);
    return (x, gamma, beta, normalized, deviation, y) =>
      void forward!(at(x), at(gamma), at(beta), at(normalized), at(deviation), at(y), rows);
  },
  normalizeRowsBack: (rows, cols) => {
    const { backward, adding } = link(`normalizeRowsBack ${cols}`, () => [
      normalizeRowsBack(cols, false),
      normalizeRowsBack(cols, true),
    ]);
    return (dy, gamma, normalized, deviation, dGamma, dBeta, dx, accumulate) => {
      const run = accumulate ? adding! : backward!;
      run(at(dy), at(gamma), at(normalized), at(deviation), at(dGamma), at(dBeta), at(dx), rows);
    };
  },
  approach: (length) => {
    const { approach } = link("approach", approachFunctions);
    return (a, b, factor, rate) => void approach!(at(a), at(b), 4 * length, factor, rate);
  },
  moments: (rows, cols) => {
    const { moments: run } = link(`moments ${cols}`, () => [moments(cols)]);
    return (x, mean, variance) => void run!(at(x), at(mean), at(variance), rows);
  },
  normalizeColumns: (rows, cols, epsilon) => {
    const { forward } = link(`normalizeColumns ${cols} ${epsilon}`, () => [normalizeColumns(cols, epsilon)]);
    return (x, mean, variance, gamma, beta, normalized, y) =>
      void forward!(at(x), at(mean), at(variance), at(gamma), at(beta), at(normalized), at(y), rows);
  },
  normalizeColumnsBack: (rows, cols, epsilon) => {
    const functions = link(`normalizeColumnsBack ${cols} ${epsilon}`, () =>
      [true, false].flatMap((accumulate) =>
        [true, false].map((fixed) => normalizeColumnsBack(cols, epsilon, accumulate, fixed)),
      ),
    );
    const { backward, backwardFixed, adding, addingFixed } = functions;
    return (dy, gamma, normalized, variance, dGamma, dBeta, dx, accumulate, fixed) => {
      const run = accumulate ? (fixed ? addingFixed : adding) : fixed ? backwardFixed : backward;
      run!(at(dy), at(gamma), at(normalized), at(variance), at(dGamma), at(dBeta), at(dx), rows);
    };
  },
});
