import { type Code, i32, type Local, type Scope, v128 } from "./assembler.ts";
import { type Count, code } from "./count.ts";
import {
  add,
  four,
  iadd,
  imul,
  int,
  loadLanes,
  loop,
  type MultiplyAdd,
  shuffle,
  store,
  storeSingle,
  sumLanes,
} from "./instructions.ts";

const float = 4;

/** c = a·bᵀ for few rows: each element is a dot product along the rows of a and of b; four rows of b at a time. */
export const timesTransposed = (
  scope: Scope,
  {
    rows,
    inner,
    cols,
    a,
    b,
    c,
    madd,
  }: {
    rows: Count;
    inner: number;
    cols: number;
    a: Local;
    b: Local;
    c: Local;
    madd: MultiplyAdd;
  },
): Code => {
  const stride = inner * float;
  const lanes = inner % 4;
  const whole = (inner - lanes) * float;
  const sums = [0, 1, 2, 3].map(() => scope.local(v128));
  const x = scope.local(v128);
  const [ai, ci, bj, p, j] = [i32, i32, i32, i32, i32].map((type) => scope.local(type as typeof i32)) as [
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const steps = (height: number): Code => {
    const step = (pa: Code, pb: Code, offset: number, left: number): Code => [
      x.set(loadLanes(pa, left, offset)),
      sums
        .slice(0, height)
        .map((sum, r) => sum.set(madd(x.get, loadLanes(pb, left, offset + r * stride), sum.get))),
    ];
    return [
      sums.slice(0, height).map((sum) => sum.set(four(0))),
      whole <= 16 * 4
        ? Array.from({ length: whole / 16 }, (_, v) => step(ai.get, bj.get, 16 * v, 4))
        : loop(p, int(0), int(whole), 16, step(iadd(ai.get, p.get), iadd(bj.get, p.get), 0, 4)),
      lanes ? step(ai.get, bj.get, whole, lanes) : [],
    ];
  };
  const pair = (s: Local, t: Local): Code =>
    add(shuffle(s.get, t.get, [0, 1, 4, 5]), shuffle(s.get, t.get, [2, 3, 6, 7]));
  const fours = cols >> 2;
  const row: Code = [
    bj.set(b.get),
    fours
      ? loop(j, int(0), int(fours * 16), 16, [
          steps(4),
          sums[0]!.set(pair(sums[0]!, sums[1]!)),
          sums[2]!.set(pair(sums[2]!, sums[3]!)),
          store(
            iadd(ci.get, j.get),
            add(
              shuffle(sums[0]!.get, sums[2]!.get, [0, 2, 4, 6]),
              shuffle(sums[0]!.get, sums[2]!.get, [1, 3, 5, 7]),
            ),
          ),
          bj.set(iadd(bj.get, int(4 * stride))),
        ])
      : [],
    Array.from({ length: cols % 4 }, (_, r) => [
      steps(1),
      storeSingle(ci.get, sumLanes(sums[0]!), fours * 16 + r * float),
      bj.set(iadd(bj.get, int(stride))),
    ]),
  ];
  return [
    ci.set(c.get),
    ai.set(a.get),
    rows === 1
      ? row
      : loop(ai, a.get, iadd(a.get, imul(code(rows), int(stride))), stride, [
          row,
          ci.set(iadd(ci.get, int(cols * float))),
        ]),
  ];
};
