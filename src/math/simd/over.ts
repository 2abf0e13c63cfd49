import { type Code, f64, i32, type Local, type Scope, v128 } from "./assembler.ts";
import {
  addDoubles,
  dadd,
  double,
  fourInts,
  iadd,
  iand,
  int,
  isub,
  lane,
  loop,
  mulDoubles,
  shuffle,
  sumDoubles,
  toDouble,
  twoDoubles,
} from "./instructions.ts";

/** How many floats are visited at a time: four, or at the end one. */
export type Lanes = 4 | 1;

/** Visits the bytes from … to − 1 four floats at a time and the last ones singly, so that nothing beyond is written. */
export const overEvery = (
  scope: Scope,
  from: Code,
  to: Code,
  visit: (offset: Code, lanes: Lanes) => Code,
): Code => {
  const i = scope.local(i32);
  const start = scope.local(i32);
  const whole = scope.local(i32);
  return [
    start.set(from),
    whole.set(iadd(start.get, iand(isub(to, start.get), int(~15)))),
    loop(i, start.get, whole.get, 16, visit(i.get, 4)),
    loop(i, whole.get, to, 4, visit(i.get, 1)),
  ];
};

/** The same, with sixteen floats to a turn of the loop while there are so many: `ahead` is what loads and stores add. */
export const overEverySixteen = (
  scope: Scope,
  from: Code,
  to: Code,
  visit: (offset: Code, lanes: Lanes, ahead: number) => Code,
): Code => {
  const i = scope.local(i32);
  const start = scope.local(i32);
  const turns = scope.local(i32);
  return [
    start.set(from),
    turns.set(iadd(start.get, iand(isub(to, start.get), int(~63)))),
    loop(
      i,
      start.get,
      turns.get,
      64,
      [0, 16, 32, 48].map((ahead) => visit(i.get, 4, ahead)),
    ),
    overEvery(scope, turns.get, to, (offset, lanes) => visit(offset, lanes, 0)),
  ];
};

/** Visits a row of `cols` floats, known now: four at a time, and last what is left. Up to 32 are unrolled, and the column is known. */
export const overRow = (
  scope: Scope,
  cols: number,
  visit: (offset: Code, lanes: number, column?: number) => Code,
): Code => {
  const fours = cols >> 2;
  const i = scope.local(i32);
  return [
    fours <= 8
      ? Array.from({ length: fours }, (_, k) => visit(int(16 * k), 4, 4 * k))
      : loop(i, int(0), int(16 * fours), 16, visit(i.get, 4)),
    cols % 4 ? visit(int(16 * fours), cols % 4, 4 * fours) : [],
  ];
};

/** Visits every row: `at` are pointers that go on by a row's bytes each time. */
export const overRows = (
  scope: Scope,
  rows: Code,
  steps: readonly (readonly [at: Local, bytes: number])[],
  body: Code,
): Code => {
  const i = scope.local(i32);
  return loop(i, int(0), rows, 1, [body, steps.map(([at, bytes]) => at.set(iadd(at.get, int(bytes))))]);
};

const ones = [0xff, 0xff, 0xff, 0xff];
const noughts = [0, 0, 0, 0];
/** Ones in the first lanes, zeros in the others. */
export const firstLanes = (lanes: number): Code =>
  lanes >= 4 ? fourInts(-1) : [0xfd, 0x0c, [0, 1, 2, 3].map((i) => (i < lanes ? ones : noughts))];

/** The upper two lanes, moved down. */
export const upper = (x: Code): Code => shuffle(x, x, [2, 3, 2, 3]);

/** So many locals of four floats. */
export const vectors = <N extends number>(scope: Scope, n: N): Locals<N> =>
  Array.from({ length: n }, () => scope.local(v128)) as unknown as Locals<N>;
export type Locals<N extends number, L extends readonly Local[] = readonly []> = L["length"] extends N
  ? L
  : Locals<N, readonly [...L, Local]>;

/** A sum of many floats in doubles. */
export interface Sum {
  /** Adds the first lanes of x; they are four, or one. */
  plus(x: Local, lanes: Lanes): Code;
  /** Adds the squares of all lanes. */
  squared(x: Local): Code;
  readonly total: Code;
  readonly start: Code;
}

export const sum = (scope: Scope): Sum => {
  const two = scope.local(v128);
  const one = scope.local(f64);
  return {
    start: [two.set(fourInts(0)), one.set(double(0))],
    plus: (x, lanes) =>
      lanes === 4
        ? two.set(addDoubles(two.get, addDoubles(twoDoubles(x.get), twoDoubles(upper(x.get)))))
        : one.set(dadd(one.get, toDouble(lane(x.get, 0)))),
    squared: (x) => {
      const square = (half: Code) => mulDoubles(twoDoubles(half), twoDoubles(half));
      return two.set(addDoubles(two.get, addDoubles(square(x.get), square(upper(x.get)))));
    },
    total: dadd(sumDoubles(two), one.get),
  };
};
