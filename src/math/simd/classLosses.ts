// Long because every loss over classes stands here, a few lines each.
import { type Code, type FunctionSpec, f32, f64, i32, type Local, type Scope, v128 } from "./assembler.ts";
import { focalTerms, probability } from "./elementLosses.ts";
import { clampedLog, exp, expm1, log1p } from "./functions.ts";
import {
  add,
  and,
  andNot,
  anyTrue,
  choose,
  div,
  double,
  equal,
  fadd,
  floatOf,
  fmul,
  four,
  fourFloats,
  fsub,
  iadd,
  int,
  lane,
  loadLanes,
  loadSplat,
  loop,
  max,
  mul,
  neg,
  not,
  notEqual,
  or,
  select,
  single,
  splat,
  storeLanes,
  sub,
  sumLanes,
  when,
} from "./instructions.ts";
import { firstLanes, overRow, sum } from "./over.ts";

/** Up to so many columns rows are unrolled, and each class can have a weight in the code. */
const mostWeights = 32;

/** What the loss of a row of classes is made of: pointers to the row, its targets and its gradient. */
export interface ClassRow {
  readonly cols: number;
  readonly p: Local;
  readonly dp: Local;
  /** The smoothed target of the classes from byte `offset` on, and the sum of the row's. */
  target(offset: Code, lanes: number): Code;
  readonly mass: Local;
  /** What the gradient is multiplied by. */
  readonly scale: Local;
  /** Adds four losses to the row's. */
  plus(loss: Local): Code;
  /** Notes where a prediction is none. */
  refuse(where: Code, lanes: number): Code;
}
export interface ClassLoss {
  readonly smoothing: number;
  row(scope: Scope, row: ClassRow): Code;
}

/** The largest of a row in all lanes. */
export const largest = (scope: Scope, p: Local, cols: number): { readonly code: Code; readonly x: Local } => {
  const x = scope.local(v128);
  const low = four(Number.NEGATIVE_INFINITY);
  return {
    x,
    code: [
      x.set(low),
      overRow(scope, cols, (i, lanes) => {
        const v = loadLanes(iadd(p.get, i), 4);
        return x.set(max(x.get, lanes < 4 ? choose(v, low, firstLanes(lanes)) : v));
      }),
      x.set(
        max(
          splat(lane(x.get, 0)),
          max(splat(lane(x.get, 1)), max(splat(lane(x.get, 2)), splat(lane(x.get, 3)))),
        ),
      ),
    ],
  };
};

/** Lanes beyond the row become zero. */
export const within = (x: Code, lanes: number): Code => (lanes < 4 ? and(x, firstLanes(lanes)) : x);

/** top and rest with ln softmax(z) = z − top − rest; the top class is not in the sum that is rounded (see writeLogSoftmax). */
export const logSoftmaxOf = (
  scope: Scope,
  z: Local,
  cols: number,
): { readonly top: Local; readonly rest: Local; readonly code: Code } => {
  const top = largest(scope, z, cols);
  const [d, at, e, others, rest] = Array.from({ length: 5 }, () => scope.local(v128)) as [
    ...[Local, Local, Local, Local, Local],
  ];
  return {
    top: top.x,
    rest,
    code: [
      top.code,
      others.set(four(0)),
      at.set(four(0)),
      overRow(scope, cols, (i, lanes) => [
        d.set(sub(loadLanes(iadd(z.get, i), 4), top.x.get)),
        e.set(within(exp(scope, d.get), lanes)),
        d.set(within(equal(d.get, four(0)), lanes)),
        others.set(add(others.get, andNot(e.get, d.get))),
        at.set(add(at.get, and(d.get, four(1)))),
      ]),
      rest.set(log1p(scope, splat(fadd(sumLanes(others), fsub(sumLanes(at), single(1)))))),
    ] as Code,
  };
};

const crossentropyOfLogits = (smoothing: number): ClassLoss => ({
  smoothing,
  row: (scope, { cols, p: z, dp, target, mass, scale, plus }) => {
    const log = logSoftmaxOf(scope, z, cols);
    const [L, T, l] = [scope.local(v128), scope.local(v128), scope.local(v128)];
    return [
      log.code,
      overRow(scope, cols, (i, lanes) => [
        T.set(target(i, lanes)),
        L.set(sub(sub(loadLanes(iadd(z.get, i), 4), log.top.get), log.rest.get)),
        l.set(and(neg(mul(T.get, L.get)), notEqual(T.get, four(0)))), // a class that is ruled out has L = −∞
        plus(l),
        l.set(mul(scale.get, sub(mul(mass.get, exp(scope, L.get)), T.get))),
        storeLanes(iadd(dp.get, i), l, lanes),
      ]),
    ];
  },
});

const crossentropy = (smoothing: number, activation: string | undefined): ClassLoss => ({
  smoothing,
  row: (scope, { cols, p, dp, target, mass, scale, plus, refuse }) => {
    const [y, T, l] = [scope.local(v128), scope.local(v128), scope.local(v128)];
    const { held, valid } = probability(y);
    return overRow(scope, cols, (i, lanes) => [
      y.set(loadLanes(iadd(p.get, i), 4)),
      T.set(target(i, lanes)),
      refuse(not(valid), lanes),
      y.set(held),
      // most classes have no part in a row's truth, and need no logarithm
      when(anyTrue(notEqual(T.get, four(0))), [
        l.set(within(neg(mul(T.get, clampedLog(scope, y.get))), lanes)),
        plus(l),
      ]),
      activation ? l.set(sub(mul(mass.get, y.get), T.get)) : l.set(neg(div(T.get, max(y.get, four(1e-12))))),
      l.set(mul(l.get, scale.get)),
      storeLanes(iadd(dp.get, i), l, lanes),
    ]);
  },
});

/** The weights of four classes; without α all are 1. */
const weightsOf = (α: readonly number[], column = 0): Code => {
  if (α.length < 2) return four(1);
  const [a = 0, b = 0, c = 0, d = 0] = α.slice(column);
  return fourFloats([a, b, c, d]);
};

const focalOfLogits = (γ: number, α: readonly number[]): ClassLoss => ({
  smoothing: 0,
  row: (scope, { cols, p: z, dp, target, scale, plus }) => {
    const log = logSoftmaxOf(scope, z, cols);
    const [L, u, weight, l, slopes] = Array.from({ length: 5 }, () => scope.local(v128)) as [
      ...[Local, Local, Local, Local, Local],
    ];
    const logOf = (i: Code): Code => L.set(sub(sub(loadLanes(iadd(z.get, i), 4), log.top.get), log.rest.get));
    return [
      log.code,
      slopes.set(four(0)),
      overRow(scope, cols, (i, lanes, column) => {
        const terms = focalTerms(scope, weight, u, L, γ);
        return [
          logOf(i),
          u.set(neg(expm1(scope, L.get))),
          weight.set(mul(target(i, lanes), weightsOf(α, column))),
          terms.code,
          l.set(terms.loss),
          plus(l),
          l.set(terms.slope),
          slopes.set(add(slopes.get, l.get)),
          storeLanes(iadd(dp.get, i), l, lanes),
        ];
      }),
      slopes.set(splat(sumLanes(slopes))),
      overRow(scope, cols, (i, lanes) => [
        logOf(i),
        l.set(sub(loadLanes(iadd(dp.get, i), 4), mul(exp(scope, L.get), slopes.get))), // ∂Lᵢ/∂zⱼ = [i = j] − pⱼ
        l.set(mul(l.get, scale.get)),
        storeLanes(iadd(dp.get, i), l, lanes),
      ]),
    ];
  },
});

const focal = (γ: number, α: readonly number[]): ClassLoss => ({
  smoothing: 0,
  row: (scope, { cols, p, dp, target, scale, plus, refuse }) => {
    const [y, L, u, weight, l] = Array.from({ length: 5 }, () => scope.local(v128)) as [
      ...[Local, Local, Local, Local, Local],
    ];
    const { held, valid } = probability(y);
    return overRow(scope, cols, (i, lanes, column) => {
      const terms = focalTerms(scope, weight, u, L, γ);
      return [
        y.set(loadLanes(iadd(p.get, i), 4)),
        refuse(not(valid), lanes),
        y.set(held),
        L.set(clampedLog(scope, y.get)),
        u.set(sub(four(1), y.get)),
        weight.set(mul(target(i, lanes), weightsOf(α, column))),
        terms.code,
        l.set(terms.loss),
        plus(l),
        l.set(mul(scale.get, div(terms.slope, max(y.get, four(1e-12))))),
        storeLanes(iadd(dp.get, i), l, lanes),
      ];
    });
  },
});

/** Losses over classes, by name; the files in src/losses are the specification. `activation` is what made p. */
export const classLosses: Readonly<
  Record<string, (constants: readonly number[], activation: string | undefined) => ClassLoss | undefined>
> = {
  "categoricalCrossentropy of logits": ([s], activation) =>
    activation ? undefined : crossentropyOfLogits(s!),
  categoricalCrossentropy: ([s], activation) =>
    activation === undefined || activation === "softmax()" ? crossentropy(s!, activation) : undefined,
  "focal of logits": ([γ, ...α], activation) =>
    activation || α.length > mostWeights ? undefined : focalOfLogits(γ!, α),
  focal: ([γ, ...α], activation) => (activation || α.length > mostWeights ? undefined : focal(γ!, α)),
};

/** distribution and index(p, t, w, dp, rows, scale): Σ wᵢ·ℓᵢ over rows of `cols` classes; w is 0 where all weights are 1. */
export const classFunctions = (loss: ClassLoss, cols: number): readonly FunctionSpec[] =>
  (["distribution", "index"] as const).map((name) => ({
    name,
    parameters: [i32, i32, i32, i32, i32, f32],
    result: f64,
    body: (scope) => {
      const [p, t, w, dp, n, scale] = scope.parameters as readonly [
        ...[Local, Local, Local, Local, Local, Local],
      ];
      const [mass, weight, bad, index, T] = Array.from({ length: 5 }, () => scope.local(v128)) as [
        ...[Local, Local, Local, Local, Local],
      ];
      const i = scope.local(i32);
      const losses = sum(scope);
      const s = loss.smoothing;
      const target = (offset: Code, lanes: number): Code => {
        const classes = add(fourFloats([0, 1, 2, 3]), splat(fmul(floatOf(offset), single(0.25))));
        const t1 =
          name === "index" ? and(equal(classes, index.get), four(1)) : loadLanes(iadd(t.get, offset), 4);
        const smooth = s === 0 ? t1 : add(mul(t1, four(1 - s)), four(s / cols));
        return within(smooth, lanes);
      };
      const massOf: Code =
        name === "index"
          ? mass.set(four(1))
          : [
              T.set(four(0)),
              overRow(scope, cols, (j, lanes) => T.set(add(T.get, target(j, lanes)))),
              mass.set(splat(sumLanes(T))),
            ];
      return [
        loop(i, int(0), n.get, 1, [
          weight.set(four(1)),
          when(w.get, [weight.set(loadSplat(w.get)), w.set(iadd(w.get, int(4)))]),
          name === "index" ? index.set(loadSplat(t.get)) : [],
          massOf,
          T.set(mul(weight.get, splat(scale.get))),
          loss.row(scope, {
            cols,
            p,
            dp,
            target,
            mass,
            scale: T,
            plus: (x) => [x.set(mul(x.get, weight.get)), losses.plus(x, 4)],
            refuse: (where, lanes) => bad.set(or(bad.get, within(where, lanes))),
          }),
          [p, dp].map((at) => at.set(iadd(at.get, int(4 * cols)))),
          t.set(iadd(t.get, int(name === "index" ? 4 : 4 * cols))),
        ]),
        select(double(Number.NaN), losses.total, anyTrue(bad.get)),
      ];
    },
  }));
