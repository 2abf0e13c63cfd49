// Long because it is one family: every function of one number that activations need, each with its polynomial.
import { type Code, type Local, type Scope, v128 } from "./assembler.ts";
import {
  abs,
  add,
  addInts,
  and,
  andNot,
  choose,
  div,
  equal,
  four,
  fourInts,
  greater,
  greaterThan,
  lesser,
  lessThan,
  max,
  mul,
  nearest,
  neg,
  or,
  shiftLeft,
  shiftRight,
  sub,
  subInts,
  toFloat,
  toInt,
} from "./instructions.ts";

// Functions of four floats at once, by range reduction and a polynomial, relative error at most 3e-7. They use plain
// multiplies and adds only, so they give the same bytes everywhere.

/** Keeps a value in a new local, so that it can be used more than once. */
export const keep = (scope: Scope, value: Code): { readonly x: Local; readonly code: Code } => {
  const x = scope.local(v128);
  return { x, code: x.set(value) };
};

/** c₀xⁿ + c₁xⁿ⁻¹ + … + cₙ, by Horner's rule. */
export const polynomial = (x: Code, [first, ...rest]: readonly number[]): Code =>
  rest.reduce<Code>((sum, c) => add(mul(sum, x), four(c)), four(first!));

/** eˣ, held between the smallest and the largest normal float (Moshier's Cephes, expf). */
export const exp = (scope: Scope, value: Code): Code => {
  const x = scope.local(v128);
  const n = scope.local(v128);
  const r = scope.local(v128);
  return [
    x.set(lesser(greater(value, four(-87.33654)), four(88.37626))),
    n.set(nearest(mul(x.get, four(Math.LOG2E)))),
    r.set(sub(sub(x.get, mul(n.get, four(0.693359375))), mul(n.get, four(-2.1219444e-4)))), // x = n·ln 2 + r
    mul(
      add(
        mul(
          polynomial(
            r.get,
            [
              1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
              5.0000001201e-1,
            ],
          ),
          mul(r.get, r.get),
        ),
        add(r.get, four(1)),
      ),
      shiftLeft(addInts(toInt(n.get), fourInts(127)), 23), // 2ⁿ
    ),
  ];
};

/** ln x of normal positive numbers (Cephes, logf). */
export const log = (scope: Scope, value: Code): Code => {
  const x = scope.local(v128);
  const e = scope.local(v128);
  const m = scope.local(v128);
  const small = scope.local(v128);
  const z = scope.local(v128);
  return [
    x.set(value),
    e.set(toFloat(subInts(shiftRight(x.get, 23), fourInts(126)))),
    m.set(or(and(x.get, fourInts(0x007fffff)), fourInts(0x3f000000))), // x = m·2ᵉ, m in [½, 1)
    small.set(lessThan(m.get, four(Math.SQRT1_2))),
    e.set(sub(e.get, and(small.get, four(1)))),
    m.set(sub(add(m.get, and(small.get, m.get)), four(1))),
    z.set(mul(m.get, m.get)),
    add(
      add(
        m.get,
        sub(
          add(
            mul(
              mul(
                polynomial(
                  m.get,
                  [
                    7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
                    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
                  ],
                ),
                m.get,
              ),
              z.get,
            ),
            mul(e.get, four(-2.1219444e-4)),
          ),
          mul(z.get, four(0.5)),
        ),
      ),
      mul(e.get, four(0.693359375)),
    ),
  ];
};

/** ln(1 + x) for x ≥ 0: x·ln(u) / (u − 1) with u = 1 + x rounded, which takes the rounding out again (Kahan). */
export const log1p = (scope: Scope, value: Code): Code => {
  const { x, code } = keep(scope, value);
  const u = keep(scope, add(x.get, four(1)));
  const d = keep(scope, sub(u.x.get, four(1)));
  return [
    code,
    u.code,
    d.code,
    choose(x.get, div(mul(x.get, log(scope, u.x.get)), d.x.get), equal(d.x.get, four(0))),
  ];
};

/** 1 − p may have lost digits of p: ln of it as −p·ln(u) / (u − 1) with u = 1 − p rounded, for p in [0, 1]; at least −100. */
export const clampedLogOfRest = (scope: Scope, p: Code): Code => {
  const { x, code } = keep(scope, p);
  const u = keep(scope, sub(four(1), x.get));
  const d = keep(scope, sub(four(1), u.x.get));
  const far = div(mul(x.get, log(scope, u.x.get)), d.x.get);
  return [
    code,
    u.code,
    d.code,
    choose(four(-100), choose(neg(x.get), far, equal(d.x.get, four(0))), equal(u.x.get, four(0))),
  ];
};

/** ln p for p in [0, 1], at least −100; p below the normal floats is moved up for it by 2²⁴. */
export const clampedLog = (scope: Scope, p: Code): Code => {
  const { x, code } = keep(scope, p);
  const tiny = keep(scope, lessThan(x.get, four(1.1754943508222875e-38)));
  const normal = choose(mul(x.get, four(2 ** 24)), x.get, tiny.x.get);
  const moved = sub(log(scope, normal), and(tiny.x.get, four(24 * Math.LN2)));
  return [code, tiny.code, choose(four(-100), max(moved, four(-100)), equal(x.get, four(0)))];
};

/** eˣ − 1: a polynomial near 0, where the difference would cancel. */
export const expm1 = (scope: Scope, value: Code): Code => {
  const { x, code } = keep(scope, value);
  return [
    code,
    choose(
      mul(x.get, polynomial(x.get, [1 / 40320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 0.5, 1])),
      sub(exp(scope, x.get), four(1)),
      lessThan(abs(x.get), four(0.5)),
    ),
  ];
};

/** tanh x: x·p(x²) / q(x²), held where it is ±1 (Eigen's generic_fast_tanh_float); of tiny numbers, themselves. */
export const tanh = (scope: Scope, value: Code): Code => {
  const { x, code } = keep(scope, value);
  const held = keep(scope, lesser(greater(x.get, four(-7.9053111)), four(7.9053111)));
  const z = keep(scope, mul(held.x.get, held.x.get));
  const p = polynomial(
    z.x.get,
    [
      -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8,
      1.48572235717979e-5, 6.37261928875436e-4, 4.89352455891786e-3,
    ],
  );
  const q = polynomial(
    z.x.get,
    [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3],
  );
  return [
    code,
    held.code,
    z.code,
    choose(x.get, div(mul(held.x.get, p), q), lessThan(abs(x.get), four(0.0004))),
  ];
};

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = (scope: Scope, value: Code): Code =>
  div(four(1), add(exp(scope, neg(value)), four(1)));

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|). */
export const softplus = (scope: Scope, value: Code): Code => {
  const { x, code } = keep(scope, value);
  return [code, add(greater(x.get, four(0)), log1p(scope, exp(scope, neg(abs(x.get)))))];
};

/** Φ(x) of the normal distribution: erfc / 2, whose error is relative even far out (Press et al., erfcc). */
export const normalCdf = (scope: Scope, value: Code): Code => {
  const { x, code } = keep(scope, value);
  const z = keep(scope, mul(abs(x.get), four(Math.SQRT1_2)));
  const t = keep(scope, div(four(1), add(four(1), mul(z.x.get, four(0.5)))));
  const tail = scope.local(v128);
  const p = polynomial(
    t.x.get,
    [
      0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
      1.00002368, -1.26551223,
    ],
  );
  return [
    code,
    z.code,
    t.code,
    tail.set(mul(mul(t.x.get, four(0.5)), exp(scope, sub(p, mul(z.x.get, z.x.get))))),
    choose(sub(four(1), tail.get), tail.get, greaterThan(x.get, four(0))),
  ];
};

/** The lanes of a where the mask has zeros; zero elsewhere. */
export const unless = (a: Code, mask: Code): Code => andNot(a, mask);
