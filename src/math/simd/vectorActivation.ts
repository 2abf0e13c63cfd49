import type { Code, Local, Scope } from "./assembler.ts";
import { exp, expm1, keep, normalCdf, sigmoid, softplus, tanh } from "./functions.ts";
import {
  abs,
  add,
  and,
  choose,
  div,
  four,
  greater,
  greaterThan,
  lesser,
  lessThan,
  mul,
  sub,
} from "./instructions.ts";

/** An activation on four floats at once: y = f(x), and f′ from x or from y. */
export interface VectorActivation {
  f(scope: Scope, x: Local): Code;
  df(scope: Scope, x: Local, y: Local): Code;
  /** Whether f′ needs x; if not, the output may be written over the input. */
  readonly needsInput: boolean;
}

const fromOutput = (f: VectorActivation["f"], df: (y: Local) => Code): VectorActivation => ({
  f,
  df: (_scope, _x, y) => df(y),
  needsInput: false,
});
const fromInput = (
  f: VectorActivation["f"],
  df: (scope: Scope, x: Local, y: Local) => Code,
): VectorActivation => ({
  f,
  df,
  needsInput: true,
});

const λ = 1.0507009873554805;
const α = 1.6732632423543772;
const c = Math.sqrt(2 / Math.PI);

const negativePart = (scope: Scope, x: Local, scale: number): Code =>
  mul(expm1(scope, lesser(x.get, four(0))), four(scale));

const known: Readonly<Record<string, (argument: number) => VectorActivation>> = {
  "relu()": () =>
    fromOutput(
      (_, x) => greater(x.get, four(0)),
      (y) => and(greaterThan(y.get, four(0)), four(1)),
    ),
  leakyRelu: (slope) =>
    fromInput(
      (_, x) => choose(x.get, mul(x.get, four(slope)), greaterThan(x.get, four(0))),
      (_, x) => choose(four(1), four(slope), greaterThan(x.get, four(0))),
    ),
  elu: (alpha) =>
    fromInput(
      (scope, x) => choose(x.get, negativePart(scope, x, alpha), greaterThan(x.get, four(0))),
      (_, x, y) => choose(four(1), add(y.get, four(alpha)), greaterThan(x.get, four(0))),
    ),
  "selu()": () =>
    fromOutput(
      (scope, x) => choose(mul(x.get, four(λ)), negativePart(scope, x, λ * α), greaterThan(x.get, four(0))),
      (y) => choose(four(λ), add(y.get, four(λ * α)), greaterThan(y.get, four(0))),
    ),
  "tanh()": () =>
    fromOutput(
      (scope, x) => tanh(scope, x.get),
      (y) => sub(four(1), mul(y.get, y.get)),
    ),
  "sigmoid()": () =>
    fromOutput(
      (scope, x) => sigmoid(scope, x.get),
      (y) => mul(y.get, sub(four(1), y.get)),
    ),
  "hardSigmoid()": () =>
    fromInput(
      (_, x) => lesser(greater(add(mul(x.get, four(1 / 6)), four(0.5)), four(0)), four(1)),
      (_, x) => and(lessThan(abs(x.get), four(3)), four(1 / 6)),
    ),
  "softsign()": () =>
    fromInput(
      (_, x) => div(x.get, add(abs(x.get), four(1))),
      (scope, x) => {
        const d = keep(scope, add(abs(x.get), four(1)));
        return [d.code, div(four(1), mul(d.x.get, d.x.get))];
      },
    ),
  "softplus()": () =>
    fromInput(
      (scope, x) => softplus(scope, x.get),
      (scope, x) => sigmoid(scope, x.get),
    ),
  "silu()": () =>
    fromInput(
      (scope, x) => mul(x.get, sigmoid(scope, x.get)),
      (scope, x, y) => add(y.get, mul(sigmoid(scope, x.get), sub(four(1), y.get))),
    ),
  "mish()": () =>
    fromInput(
      (scope, x) => mul(x.get, tanh(scope, softplus(scope, x.get))),
      (scope, x) => {
        const t = keep(scope, tanh(scope, softplus(scope, x.get)));
        const slope = mul(mul(x.get, sub(four(1), mul(t.x.get, t.x.get))), sigmoid(scope, x.get));
        return [t.code, add(t.x.get, slope)];
      },
    ),
  "gelu()": () =>
    fromInput(
      (scope, x) => mul(x.get, normalCdf(scope, x.get)),
      (scope, x) =>
        add(
          normalCdf(scope, x.get),
          mul(mul(x.get, four(0.5 * c)), exp(scope, mul(mul(x.get, x.get), four(-0.5)))),
        ),
    ),
  'gelu({ approximate: "tanh" })': () => {
    const inner = (x: Local) =>
      mul(mul(x.get, four(c)), add(four(1), mul(mul(x.get, x.get), four(0.044715))));
    return fromInput(
      (scope, x) => mul(mul(x.get, four(0.5)), add(four(1), tanh(scope, inner(x)))),
      (scope, x) => {
        const t = keep(scope, tanh(scope, inner(x)));
        const slope = mul(four(c), add(four(1), mul(mul(x.get, x.get), four(3 * 0.044715))));
        const left = mul(four(0.5), add(four(1), t.x.get));
        const right = mul(mul(mul(x.get, four(0.5)), sub(four(1), mul(t.x.get, t.x.get))), slope);
        return [t.code, add(left, right)];
      },
    );
  },
};

/** The vector form of an activation layer by what it prints as: `tanh()`, `leakyRelu(0.01)`; undefined when there is none. */
export const vectorActivation = (source: string): VectorActivation | undefined => {
  if (Object.hasOwn(known, source)) return known[source]!(0);
  const [, name, argument] = /^(\w+)\(([-\d.e]+)\)$/.exec(source) ?? [];
  if (name === undefined || !Object.hasOwn(known, name)) return undefined;
  return known[name]!(Number(argument));
};
