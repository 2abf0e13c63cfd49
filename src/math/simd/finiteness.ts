import { type Code, type FunctionSpec, i32, type Local, type Scope, v128 } from "./assembler.ts";
import {
  allTrue,
  and,
  belowInts,
  equal,
  four,
  fourInts,
  iadd,
  iand,
  int,
  load,
  loop,
  maxInts,
  or,
  sub,
} from "./instructions.ts";

/**
 * Visits `bytes` bytes four floats at a time, sixteen to a turn of the loop while there are so many; `ahead` is what loads
 * add. The last visit may reach into the padding of a block.
 */
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

/** Whether a − b is finite everywhere: NaN and Infinity, less themselves, are NaN. */
export const finiteDifference: FunctionSpec = {
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
export const finiteSquares: FunctionSpec = {
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
