import { type Code, type FunctionSpec, f64, i32, type Local, type Scope, v128 } from "./assembler.ts";
import {
  add,
  addDoubles,
  allTrue,
  and,
  belowInts,
  equal,
  fadd,
  fmul,
  four,
  fourInts,
  iadd,
  iand,
  int,
  load,
  loadSingle,
  loop,
  maxInts,
  mul,
  mulDoubles,
  or,
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

/** The same, with sixteen floats to a turn of the loop while there are so many: `ahead` is what loads add. */
const overAllSixteen = (scope: Scope, bytes: Code, visit: (offset: Code, ahead: number) => Code): Code => {
  const i = scope.local(i32);
  const turns = scope.local(i32);
  const sixteen = [0, 16, 32, 48].map((ahead) => visit(i.get, ahead));
  return [
    turns.set(iand(bytes, int(~63))),
    loop(i, int(0), turns.get, 64, sixteen),
    loop(i, turns.get, bytes, 16, visit(i.get, 0)),
  ];
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

/** Whether a − b is finite everywhere: NaN and Infinity, less themselves, are NaN. */
const finiteDifference: FunctionSpec = {
  name: "finiteDifference",
  parameters: [i32, i32, i32],
  result: i32,
  body: (scope) => {
    const [a, b, bytes] = scope.parameters as readonly [Local, Local, Local];
    const [v, bad] = [scope.local(v128), scope.local(v128)];
    return [
      overAllSixteen(scope, bytes.get, (i, ahead) => [
        v.set(sub(load(iadd(a.get, i), ahead), load(iadd(b.get, i), ahead))),
        bad.set(or(bad.get, sub(v.get, v.get))),
      ]),
      allTrue(equal(bad.get, four(0))),
    ];
  },
};

/** The bits of the largest float whose square is finite, in single precision: 2^64 less what comes before it. */
const largestBits = 0x5f7fffff;

/**
 * Whether all a² are finite. Without their signs, the bits of floats are whole numbers in the same order, with Infinity and
 * NaN above all others, so the largest of them says it.
 */
const finiteSquares: FunctionSpec = {
  name: "finiteSquares",
  parameters: [i32, i32],
  result: i32,
  body: (scope) => {
    const [a, bytes] = scope.parameters as readonly [Local, Local];
    const [largest, magnitude] = [scope.local(v128), scope.local(v128)];
    return [
      magnitude.set(fourInts(0x7fffffff)),
      overAllSixteen(scope, bytes.get, (i, ahead) =>
        largest.set(maxInts(largest.get, and(load(iadd(a.get, i), ahead), magnitude.get))),
      ),
      allTrue(belowInts(largest.get, fourInts(largestBits + 1))),
    ];
  },
};

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
