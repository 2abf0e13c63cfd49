// Long because every loss of single elements stands here, a few lines each.
import type { Code, Local, Scope } from "./assembler.ts";
import {
  clampedLog,
  clampedLogOfRest,
  exp,
  keep,
  log,
  log1p,
  polynomial,
  sigmoid,
  softplus,
  tanh,
} from "./functions.ts";
import {
  abs,
  add,
  and,
  atLeast,
  choose,
  div,
  equal,
  four,
  fourInts,
  greaterThan,
  lessThan,
  max,
  min,
  mul,
  neg,
  notEqual,
  or,
  sqrt,
  sub,
} from "./instructions.ts";

/** The loss ℓ of four predictions for their targets, and its derivative; `code` comes first. */
export interface Terms {
  readonly code: Code;
  readonly loss: Code;
  readonly slope: Code;
  /** Ones where the prediction is one that the formula is for; the plain loss sees to the others. */
  readonly valid?: Code;
}
export type ElementLoss = (scope: Scope, p: Local, t: Local) => Terms;

const sign = fourInts(0x80000000 | 0);

/** uᵞ for u ≥ 0. */
export const power = (scope: Scope, u: Local, γ: number): Code => {
  if (γ === 0) return four(1);
  if (γ === 0.5) return sqrt(u.get);
  if (γ <= 4 && Number.isInteger(γ)) {
    let product: Code = u.get;
    for (let i = 1; i < γ; i++) product = mul(product, u.get);
    return product;
  }
  const x = max(u.get, four(1.1754943508222875e-38));
  return choose(four(0), exp(scope, mul(four(γ), log(scope, x))), equal(u.get, four(0)));
};

/** −α·uᵞ·L and its derivative by L, α·uᵞ·(γ·(1 − u)·L/u − 1), for u = 1 − q and L = ln q; nothing where α is 0. */
export const focalTerms = (scope: Scope, α: Local, u: Local, L: Local, γ: number): Terms => {
  const weight = keep(scope, mul(α.get, power(scope, u, γ)));
  const ratio = choose(div(L.get, u.get), four(-1), greaterThan(u.get, four(0)));
  const some = notEqual(α.get, four(0));
  const inner = sub(mul(mul(four(γ), sub(four(1), u.get)), ratio), four(1));
  return {
    code: weight.code,
    loss: and(neg(mul(weight.x.get, L.get)), some),
    slope: and(mul(weight.x.get, inner), some),
  };
};

/** The prediction as a probability, and where it is none. */
export const probability = (p: Local): { readonly held: Code; readonly valid: Code } => ({
  held: min(max(p.get, four(0)), four(1)),
  valid: and(atLeast(p.get, four(-1e-6)), atLeast(four(1 + 1e-6), p.get)),
});

const difference = (scope: Scope, p: Local, t: Local) => keep(scope, sub(p.get, t.get));
const smoothed = (t: Local, s: number): Code => (s === 0 ? t.get : add(mul(t.get, four(1 - s)), four(s / 2)));

/** The losses by name; the files in src/losses are the specification. `activation` is what made p, if it is one. */
export const elementLosses: Readonly<
  Record<string, (constants: readonly number[], activation: string | undefined) => ElementLoss | undefined>
> = {
  meanSquaredError: () => (scope, p, t) => {
    const d = difference(scope, p, t);
    return { code: d.code, loss: mul(d.x.get, d.x.get), slope: add(d.x.get, d.x.get) };
  },
  meanAbsoluteError: () => (scope, p, t) => {
    const d = difference(scope, p, t);
    const direction = and(or(and(d.x.get, sign), four(1)), notEqual(d.x.get, four(0)));
    return { code: d.code, loss: abs(d.x.get), slope: direction };
  },
  huber:
    ([δ]) =>
    (scope, p, t) => {
      const d = difference(scope, p, t);
      const a = abs(d.x.get);
      const near = mul(mul(d.x.get, d.x.get), four(0.5));
      const far = mul(four(δ!), sub(a, four(0.5 * δ!)));
      return {
        code: d.code,
        loss: choose(near, far, lessThan(a, four(δ!))),
        slope: max(four(-δ!), min(four(δ!), d.x.get)),
      };
    },
  logCosh: () => (scope, p, t) => {
    const d = difference(scope, p, t);
    const a = keep(scope, abs(d.x.get));
    const z = keep(scope, mul(d.x.get, d.x.get));
    // near 0 the series, for |d| + ln(1 + e^(−2|d|)) − ln 2 would cancel
    const series = [31 / 14175, -17 / 2520, 1 / 45, -1 / 12, 1 / 2];
    const near = mul(z.x.get, polynomial(z.x.get, series));
    const far = add(sub(a.x.get, four(Math.LN2)), log1p(scope, exp(scope, mul(a.x.get, four(-2)))));
    return {
      code: [d.code, a.code, z.code],
      loss: choose(near, far, lessThan(a.x.get, four(0.4))),
      slope: tanh(scope, d.x.get),
    };
  },
  pinball:
    ([q]) =>
    (scope, p, t) => {
      const d = difference(scope, p, t);
      const above = and(greaterThan(d.x.get, four(0)), four(1 - q!));
      const below = and(lessThan(d.x.get, four(0)), four(-q!));
      return {
        code: d.code,
        loss: max(mul(d.x.get, four(-q!)), mul(d.x.get, four(1 - q!))),
        slope: or(above, below),
      };
    },
  "poisson of logarithms": () => (scope, p, t) => {
    const e = keep(scope, exp(scope, p.get));
    return {
      code: e.code,
      loss: sub(e.x.get, mul(t.get, p.get)),
      slope: sub(e.x.get, t.get),
      valid: and(atLeast(four(88), p.get), atLeast(p.get, four(-87))), // beyond, eᵖ is no normal float
    };
  },
  poisson: () => (scope, p, t) => {
    const x = keep(scope, add(p.get, four(1e-8)));
    return {
      code: x.code,
      loss: sub(p.get, mul(t.get, log(scope, x.x.get))),
      slope: sub(four(1), div(t.get, x.x.get)),
      valid: greaterThan(x.x.get, four(0)),
    };
  },
  hinge: () => (scope, p, t) => {
    const side = keep(scope, choose(four(-1), t.get, equal(t.get, four(0))));
    const margin = keep(scope, mul(side.x.get, p.get));
    return {
      code: [side.code, margin.code],
      loss: max(four(0), sub(four(1), margin.x.get)),
      slope: and(neg(side.x.get), lessThan(margin.x.get, four(1))),
    };
  },
  "binaryCrossentropy of logits":
    ([s]) =>
    (scope, z, t) => {
      const T = keep(scope, smoothed(t, s!));
      const e = keep(scope, exp(scope, neg(abs(z.get))));
      const q = keep(scope, div(four(1), add(four(1), e.x.get))); // the larger of p and 1 − p
      const other = keep(scope, mul(e.x.get, q.x.get));
      const up = atLeast(z.get, four(0));
      const p = choose(q.x.get, other.x.get, up);
      const rest = choose(other.x.get, q.x.get, up);
      return {
        code: [T.code, e.code, q.code, other.code],
        loss: add(sub(max(z.get, four(0)), mul(T.x.get, z.get)), log1p(scope, e.x.get)),
        slope: sub(mul(sub(four(1), T.x.get), p), mul(T.x.get, rest)), // p − t without cancelling
      };
    },
  binaryCrossentropy:
    ([s], activation) =>
    (scope, p, t) => {
      const { held, valid } = probability(p);
      const q = keep(scope, held);
      const T = keep(scope, smoothed(t, s!));
      const spread = max(mul(q.x.get, sub(four(1), q.x.get)), four(1e-12));
      const d = sub(q.x.get, T.x.get);
      return {
        code: [q.code, T.code],
        loss: neg(
          add(
            mul(T.x.get, clampedLog(scope, q.x.get)),
            mul(sub(four(1), T.x.get), clampedLogOfRest(scope, q.x.get)),
          ),
        ),
        slope: activation === "sigmoid()" ? d : div(d, spread),
        valid,
      };
    },
  "focal of logits":
    ([γ, α]) =>
    (scope, p, t) => {
      const side = sideOf(scope, t, α!);
      const z = keep(scope, mul(side.sign.get, p.get));
      const u = keep(scope, sigmoid(scope, neg(z.x.get)));
      const L = keep(scope, neg(softplus(scope, neg(z.x.get))));
      const terms = focalTerms(scope, side.α, u.x, L.x, γ!);
      return {
        code: [side.code, z.code, u.code, L.code, terms.code],
        loss: terms.loss,
        slope: mul(mul(side.sign.get, terms.slope), u.x.get),
      };
    },
  focal:
    ([γ, α]) =>
    (scope, p, t) => {
      const { held, valid } = probability(p);
      const side = sideOf(scope, t, α!);
      const h = keep(scope, held);
      const q = keep(scope, choose(h.x.get, sub(four(1), h.x.get), side.yes));
      const u = keep(scope, choose(sub(four(1), h.x.get), h.x.get, side.yes));
      const L = keep(scope, choose(clampedLog(scope, h.x.get), clampedLogOfRest(scope, h.x.get), side.yes));
      const terms = focalTerms(scope, side.α, u.x, L.x, γ!);
      return {
        code: [side.code, h.code, q.code, u.code, L.code, terms.code],
        loss: terms.loss,
        slope: div(mul(side.sign.get, terms.slope), max(q.x.get, four(1e-12))),
        valid,
      };
    },
};

/** Which of two classes is true: ±1, and the weight α or 1 − α; no α is given as NaN. */
const sideOf = (scope: Scope, t: Local, α: number) => {
  const yes = equal(t.get, four(1));
  const sign = keep(scope, choose(four(1), four(-1), yes));
  const weight = keep(scope, Number.isNaN(α) ? four(1) : choose(four(α), four(1 - α), yes));
  return { yes, sign: sign.x, α: weight.x, code: [sign.code, weight.code] };
};
