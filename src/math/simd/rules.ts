// Long because every rule that can be emitted stands here, a few lines each.
import { type Code, type Local, type Scope, v128 } from "./assembler.ts";
import {
  abs,
  add,
  and,
  div,
  four,
  fourInts,
  max,
  min,
  mul,
  notEqual,
  or,
  sqrt,
  sub,
} from "./instructions.ts";

/** A number that all elements share, in four lanes: itself, 1 − it and 1 / it, taken once, in doubles. */
export interface Scalar {
  readonly get: Code;
  readonly rest: Code;
  readonly inverse: Code;
}
export type Numbers = Readonly<
  Record<"η" | "β1" | "β2" | "ρ" | "μ" | "ε" | "λ" | "α" | "β" | "l1" | "l2" | "c", Scalar> &
    Record<"c1" | "c2" | "cm" | "cg" | "scale" | "trust" | "floor" | "n" | "keep" | "k", Scalar>
>;
export type Elements = Readonly<
  Record<"g" | "w" | "step" | "m" | "v" | "vMax" | "s" | "u" | "a" | "z" | "n" | "sum", Local> &
    Record<"w1" | "L" | "G" | "R" | "θ" | "d", Local>
>;
/** Sets the step, and what the rule keeps, from the gradient and the weights. */
export type Formula = (x: Elements, c: Numbers, scope: Scope) => Code;

const square = (x: Code): Code => mul(x, x);
const sign = (x: Code): Code => and(or(and(x, fourInts(0x80000000 | 0)), four(1)), notEqual(x, four(0)));
/** g ← g + λ·w */
const decay = (g: Local, w: Local, λ: Scalar): Code => g.set(add(g.get, mul(λ.get, w.get)));
/** m ← β·m + (1 − β)·x */
const fade = (m: Local, β: Scalar, x: Code): Code => m.set(add(mul(β.get, m.get), mul(β.rest, x)));
/** η·x / (√v + ε) */
const scaled = (η: Scalar, x: Code, v: Code, ε: Scalar): Code => div(mul(η.get, x), add(sqrt(v), ε.get));

const sgd =
  (momentum: "none" | "heavy" | "nesterov", decayed = true): Formula =>
  ({ g, w, v, step }, { η, μ, λ }) => [
    decayed ? decay(g, w, λ) : [],
    momentum === "none" ? [] : v.set(add(mul(μ.get, v.get), g.get)),
    step.set(
      mul(η.get, momentum === "none" ? g.get : momentum === "heavy" ? v.get : add(g.get, mul(μ.get, v.get))),
    ),
  ];

const rmsprop =
  ({ centered = false, momentum = false }): Formula =>
  ({ g, w, s, a, v, step }, { η, ρ, μ, ε, λ }) => {
    const spread = centered ? max(four(0), sub(s.get, square(a.get))) : s.get;
    const d = div(g.get, add(sqrt(spread), ε.get));
    return [
      decay(g, w, λ),
      fade(s, ρ, square(g.get)),
      centered ? fade(a, ρ, g.get) : [],
      momentum ? v.set(add(mul(μ.get, v.get), d)) : [],
      step.set(mul(η.get, momentum ? v.get : d)),
    ];
  };

/**
 * What each rule does to four elements at once, by the name that the rule asks for. The rules themselves (src/optimizers)
 * are the specification, with the sources.
 */
export const rules: Readonly<Record<string, Formula>> = {
  sgd: sgd("none", false),
  "sgd decayed": sgd("none"),
  "sgd momentum": sgd("heavy"),
  "sgd nesterov": sgd("nesterov"),
  adagrad: ({ g, w, s, step }, { η, ε, λ }) => [
    decay(g, w, λ),
    s.set(add(s.get, square(g.get))),
    step.set(scaled(η, g.get, s.get, ε)),
  ],
  rmsprop: rmsprop({}),
  "rmsprop momentum": rmsprop({ momentum: true }),
  "rmsprop centered": rmsprop({ centered: true }),
  "rmsprop centered momentum": rmsprop({ centered: true, momentum: true }),
  adadelta: ({ g, w, s, u, step }, { η, ρ, ε, λ }) => [
    decay(g, w, λ),
    fade(s, ρ, square(g.get)),
    step.set(mul(g.get, div(sqrt(add(u.get, ε.get)), sqrt(add(s.get, ε.get))))), // d
    fade(u, ρ, square(step.get)),
    step.set(mul(η.get, step.get)),
  ],
  adam: ({ g, w, m, v, step }, { η, β1, β2, ε, λ, c1, c2 }) => [
    decay(g, w, λ),
    fade(m, β1, g.get),
    fade(v, β2, square(g.get)),
    step.set(scaled(η, mul(m.get, c1.inverse), mul(v.get, c2.inverse), ε)),
  ],
  adamw: ({ g, w, m, v, step }, { η, β1, β2, ε, λ, c1, c2 }) => [
    fade(m, β1, g.get),
    fade(v, β2, square(g.get)),
    step.set(scaled(η, mul(m.get, c1.inverse), mul(v.get, c2.inverse), ε)),
    step.set(add(step.get, mul(η.get, mul(λ.get, w.get)))),
  ],
  amsgrad: ({ g, w, m, v, vMax, step }, { η, β1, β2, ε, λ, c1, c2 }) => [
    decay(g, w, λ),
    fade(m, β1, g.get),
    fade(v, β2, square(g.get)),
    vMax.set(max(vMax.get, v.get)),
    step.set(scaled(η, mul(m.get, c1.inverse), mul(vMax.get, c2.inverse), ε)),
  ],
  nadam: ({ g, w, m, v, step }, { η, β1, β2, ε, λ, cm, cg, c2 }) => [
    decay(g, w, λ),
    fade(m, β1, g.get),
    fade(v, β2, square(g.get)),
    step.set(scaled(η, add(mul(cm.get, m.get), mul(cg.get, g.get)), mul(v.get, c2.inverse), ε)),
  ],
  radam: ({ g, w, m, v, step }, { β1, β2, λ, scale, trust, floor }) => [
    decay(g, w, λ),
    fade(m, β1, g.get),
    fade(v, β2, square(g.get)),
    step.set(div(mul(scale.get, m.get), add(mul(trust.get, sqrt(v.get)), floor.get))),
  ],
  adamax: ({ g, w, m, u, step }, { η, β1, β2, ε, λ, c1 }) => [
    decay(g, w, λ),
    fade(m, β1, g.get),
    u.set(max(mul(β2.get, u.get), add(abs(g.get), ε.get))),
    step.set(div(mul(η.get, mul(m.get, c1.inverse)), u.get)),
  ],
  lion: ({ g, w, m, step }, { η, β1, β2, λ }) => [
    step.set(add(mul(β1.get, m.get), mul(β1.rest, g.get))),
    step.set(mul(η.get, add(sign(step.get), mul(λ.get, w.get)))),
    fade(m, β2, g.get),
  ],
  ftrl: ({ g, w, z, n, step }, { α, β, l1, l2 }, scope) => {
    const [square, root] = [scope.local(v128), scope.local(v128)];
    // √(n + g²) − √n as g² / (√(n + g²) + √n), which does not cancel; 0 when both are
    const rise = div(square.get, max(add(root.get, sqrt(n.get)), four(1e-30)));
    const pull = mul(max(four(0), sub(abs(z.get), l1.get)), sign(z.get));
    return [
      square.set(mul(g.get, g.get)),
      root.set(sqrt(add(n.get, square.get))),
      z.set(sub(add(z.get, g.get), mul(mul(rise, α.inverse), w.get))),
      n.set(add(n.get, square.get)),
      step.set(add(w.get, div(pull, add(mul(add(β.get, root.get), α.inverse), l2.get)))),
    ];
  },
  cocob: ({ g, w, w1, L, G, R, θ, step }, { α }) => {
    const most = max(L.get, four(1e-30)); // where no gradient came θ is 0, and so is the bet
    const fraction = div(θ.get, max(add(G.get, most), mul(α.get, most)));
    return [
      step.set(sub(w.get, w1.get)),
      L.set(max(L.get, abs(g.get))),
      G.set(add(G.get, abs(g.get))),
      R.set(max(sub(R.get, mul(step.get, g.get)), four(0))),
      θ.set(sub(θ.get, g.get)),
      step.set(sub(step.get, mul(fraction, add(four(1), div(R.get, most))))),
    ];
  },
  dog: ({ g, d, step }, { η }) => [step.set(mul(η.get, g.get)), d.set(sub(d.get, step.get))],
  clipByValue: ({ g, step }, { c }) => step.set(max(sub(four(0), c.get), min(c.get, g.get))),
  weightDecay: ({ g, w, step }, { λ }) => step.set(add(g.get, mul(λ.get, w.get))),
  l1: ({ g, w, step }, { λ }) => step.set(add(g.get, mul(λ.get, sign(w.get)))),
  accumulate: ({ g, sum, step }, { keep, k }) => [
    sum.set(add(mul(keep.get, sum.get), g.get)),
    step.set(div(sum.get, k.get)),
  ],
  clipByGlobalNorm: ({ g, step }, { c, n }) => step.set(div(mul(g.get, c.get), n.get)),
};
