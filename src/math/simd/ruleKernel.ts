import type { Kernels, RuleKernel } from "../kernels.ts";
import type { Matrix } from "../matrix.ts";
import type { Arena, Block } from "./arena.ts";
import { type Code, type FunctionSpec, i32, type Local, type Scope, v128 } from "./assembler.ts";
import { at } from "./at.ts";
import {
  allTrue,
  and,
  ddiv,
  double,
  dsub,
  equal,
  four,
  iadd,
  loadDouble,
  loadLanes,
  or,
  splat,
  storeLanes,
  sub,
  toSingle,
} from "./instructions.ts";
import type { linker } from "./linker.ts";
import { firstLanes, type Lanes, overEverySixteen } from "./over.ts";
import { type Elements, type Numbers, rules, type Scalar } from "./rules.ts";

/** The numbers from `ptr` on, doubles in the order of the names; `code` fetches those that the formula asked for. */
const numbersAt = (scope: Scope, ptr: Local, names: readonly string[]) => {
  const code: Code[] = [];
  const kept = (value: Code): (() => Code) => {
    let local: Local | undefined;
    return () => {
      if (!local) {
        local = scope.local(v128);
        code.push(local.set(splat(toSingle(value))));
      }
      return local.get;
    };
  };
  const scalars = names.map((name, i): [string, Scalar] => {
    const x = loadDouble(ptr.get, 8 * i);
    const [get, rest, inverse] = [kept(x), kept(dsub(double(1), x)), kept(ddiv(double(1), x))];
    return [
      name,
      {
        get get() {
          return get();
        },
        get rest() {
          return rest();
        },
        get inverse() {
          return inverse();
        },
      },
    ];
  });
  return { c: Object.fromEntries(scalars) as Numbers, code };
};

/** NaN where one of the lanes is not finite, zeros elsewhere. */
const notFinite = ({ get }: Local, lanes: Lanes): Code =>
  lanes === 4 ? sub(get, get) : and(sub(get, get), firstLanes(lanes));

/**
 * step(numbers, g, w, step, memory0, …, memory4, from, to) writes the step; descend(…) writes w − step to w and w, as it
 * was, to `step`, and answers whether all of it is finite.
 */
const functionsOf = (
  formula: string,
  memory: readonly string[],
  scalars: readonly string[],
): readonly FunctionSpec[] =>
  (["step", "descend"] as const).map((name) => ({
    name,
    parameters: Array.from({ length: 11 }, () => i32 as typeof i32),
    result: i32,
    body: (scope) => {
      const [numbers, g, w, to, m0, m1, m2, m3, m4, from, end] = scope.parameters as readonly [
        ...[Local, Local, Local, Local, Local, Local, Local, Local, Local, Local, Local],
      ];
      const { c, code } = numbersAt(scope, numbers, scalars);
      const x: Record<string, Local> = {};
      for (const key of ["g", "w", "step", ...memory]) x[key] = scope.local(v128);
      const { g: gi, w: wi, step } = x as unknown as Elements;
      const kept = memory.map((key, k) => ({ x: x[key]!, at: [m0, m1, m2, m3, m4][k]! }));
      const bad = scope.local(v128);
      const visit = (i: Code, lanes: Lanes, ahead: number): Code => [
        gi.set(loadLanes(iadd(g.get, i), lanes, ahead)),
        wi.set(loadLanes(iadd(w.get, i), lanes, ahead)),
        kept.map(({ x, at }) => x.set(loadLanes(iadd(at.get, i), lanes, ahead))),
        rules[formula]!(x as unknown as Elements, c, scope),
        kept.map(({ x, at }) => storeLanes(iadd(at.get, i), x, lanes, ahead)),
        name === "step"
          ? storeLanes(iadd(to.get, i), step, lanes, ahead)
          : [
              storeLanes(iadd(to.get, i), wi, lanes, ahead),
              step.set(sub(wi.get, step.get)),
              storeLanes(iadd(w.get, i), step, lanes, ahead),
              bad.set(or(bad.get, notFinite(step, lanes))),
            ],
      ];
      const loops = overEverySixteen(scope, from.get, end.get, visit);
      return [code, loops, allTrue(equal(bad.get, four(0)))];
    },
  }));

/** Rules as emitted loops; the numbers of a step go through one block of memory. */
export const ruleKernel = (own: Arena, link: ReturnType<typeof linker>): Pick<Kernels, "rule"> => {
  let block: Block | undefined;
  let home: Float32Array | undefined;
  let numbers: Float64Array;
  const write = (scalars: Float64Array): number => {
    block ??= own.block(1, 64);
    const { data, ptr } = block;
    if (home !== data) {
      home = data;
      numbers = new Float64Array(data.buffer, ptr, 32);
    }
    for (let i = 0; i < scalars.length; i++) numbers[i] = scalars[i]!;
    return ptr;
  };
  return {
    rule: (formula, memory, scalars): RuleKernel | undefined => {
      if (!Object.hasOwn(rules, formula)) return undefined;
      const { step: stepOf, descend } = link(`rule ${formula}: ${memory}; ${scalars}`, () =>
        functionsOf(formula, memory, scalars),
      );
      const kept = (memory: readonly Matrix[], i: number) => (i < memory.length ? at(memory[i]!) : 0);
      return {
        step: (g, w, step, memory, scalars, from, to) => {
          const [m0, m1, m2] = [kept(memory, 0), kept(memory, 1), kept(memory, 2)];
          const [m3, m4] = [kept(memory, 3), kept(memory, 4)];
          stepOf!(write(scalars), at(g), at(w), at(step), m0, m1, m2, m3, m4, 4 * from, 4 * to);
        },
        descend: (g, w, before, memory, scalars, from, to) => {
          const [p, m0, m1, m2] = [write(scalars), kept(memory, 0), kept(memory, 1), kept(memory, 2)];
          const [m3, m4] = [kept(memory, 3), kept(memory, 4)];
          return descend!(p, at(g), at(w), at(before), m0, m1, m2, m3, m4, 4 * from, 4 * to) === 1;
        },
      };
    },
  };
};
