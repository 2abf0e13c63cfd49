import { type Code, type FunctionSpec, f64, i32, type Local, type Scope, v128 } from "./assembler.ts";
import { finiteDifference, finiteSquares } from "./finiteness.ts";
import {
  add,
  addDoubles,
  fadd,
  fmul,
  iadd,
  iand,
  int,
  load,
  loadSingle,
  loop,
  mul,
  mulDoubles,
  store,
  storeSingle,
  sub,
  sumDoubles,
  twoDoubles,
} from "./instructions.ts";
import { upper } from "./over.ts";
import type { VectorActivation } from "./vectorActivation.ts";

/** Visits `bytes` bytes four floats at a time; the last visit may reach into the padding of a block. */
export const overAll = (scope: Scope, bytes: Code, visit: (offset: Code) => Code): Code => {
  const i = scope.local(i32);
  return loop(i, int(0), bytes, 16, visit(i.get));
};

/** map(x, y, bytes): y = f(x); mapBack(x, y, dy, dx, bytes): dx = dy ∘ f′. */
export const mapFunctions = (f: VectorActivation): readonly FunctionSpec[] => [
  {
    name: "map",
    parameters: [i32, i32, i32],
    body: (scope) => {
      const [x, y, bytes] = scope.parameters as readonly [Local, Local, Local];
      const v = scope.local(v128);
      return overAll(scope, bytes.get, (i) => [
        v.set(load(iadd(x.get, i))),
        store(iadd(y.get, i), f.f(scope, v)),
      ]);
    },
  },
  {
    name: "mapBack",
    parameters: [i32, i32, i32, i32, i32],
    body: (scope) => {
      const [x, y, dy, dx, bytes] = scope.parameters as readonly [Local, Local, Local, Local, Local];
      const [vx, vy] = [scope.local(v128), scope.local(v128)];
      return overAll(scope, bytes.get, (i) => [
        f.needsInput ? vx.set(load(iadd(x.get, i))) : [],
        vy.set(load(iadd(y.get, i))),
        store(iadd(dx.get, i), mul(load(iadd(dy.get, i)), f.df(scope, vx, vy))),
      ]);
    },
  },
];

/** c = a ∘ b, and not one float beyond its end. */
const exactly = (
  name: string,
  vector: (a: Code, b: Code) => Code,
  scalar: (a: Code, b: Code) => Code,
): FunctionSpec => ({
  name,
  parameters: [i32, i32, i32, i32],
  body: (scope) => {
    const [a, b, c, bytes] = scope.parameters as readonly [Local, Local, Local, Local];
    const i = scope.local(i32);
    const [ai, bi, ci] = [a, b, c].map((at) => iadd(at.get, i.get)) as [Code, Code, Code];
    const whole = iand(bytes.get, int(~15));
    return [
      loop(i, int(0), whole, 16, store(ci, vector(load(ai), load(bi)))),
      loop(i, whole, bytes.get, 4, storeSingle(ci, scalar(loadSingle(ai), loadSingle(bi)))),
    ];
  },
});

/**
 * add and multiply(a, b, c, bytes); subtract(w, step, bytes): w ← w − step; squares(a, bytes): Σ a²; finiteSquares(a, bytes),
 * finiteDifference(a, b, bytes).
 */
export const elementwiseFunctions = (): readonly FunctionSpec[] => [
  exactly("add", add, fadd),
  exactly("multiply", mul, fmul),
  {
    name: "subtract",
    parameters: [i32, i32, i32],
    body: (scope) => {
      const [w, step, bytes] = scope.parameters as readonly [Local, Local, Local];
      return overAll(scope, bytes.get, (i) =>
        store(iadd(w.get, i), sub(load(iadd(w.get, i)), load(iadd(step.get, i)))),
      );
    },
  },
  {
    name: "squares",
    parameters: [i32, i32],
    result: f64,
    body: (scope) => {
      const [a, bytes] = scope.parameters as readonly [Local, Local];
      const [two, v] = [scope.local(v128), scope.local(v128)];
      const squared = (x: Code): Code => mulDoubles(twoDoubles(x), twoDoubles(x));
      return [
        overAll(scope, bytes.get, (i) => [
          v.set(load(iadd(a.get, i))),
          two.set(addDoubles(two.get, addDoubles(squared(v.get), squared(upper(v.get))))),
        ]),
        sumDoubles(two),
      ];
    },
  },
  finiteSquares,
  finiteDifference,
];
