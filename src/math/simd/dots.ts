import { type Code, i32, type Local, type Scope, v128 } from "./assembler.ts";
import { code } from "./count.ts";
import {
  add,
  fadd,
  four,
  iadd,
  imul,
  int,
  loadLanes,
  loadSingle,
  loop,
  storeSingle,
  sumLanes,
} from "./instructions.ts";
import type { ProductSpec, Walk } from "./product.ts";

const float = 4;

/** c[i] = ⟨a[i], b⟩ + start, for b of one column: the sum runs along the rows, in `inner` known steps. */
export const dots = (
  scope: Scope,
  {
    rows,
    inner,
    a,
    b,
    c,
    start,
    madd,
  }: Omit<ProductSpec, "inner" | "cols" | "a" | "panel"> & {
    inner: number;
    a: Omit<Walk, "step">;
  },
): Code => {
  const lanes = inner % 4;
  const whole = inner - lanes;
  const sums = [0, 1, 2, 3].slice(0, Math.max(1, Math.min(4, whole / 4))).map(() => scope.local(v128));
  const ai = scope.local(i32);
  const ci = scope.local(i32);
  const stride = 16 * sums.length;
  const bulk = Math.floor((whole * float) / stride) * stride;
  const p = scope.local(i32);
  const one = (at: Code, to: Code): Code => {
    const term = (sum: Local, offset: number, left: number, base?: Code): Code => {
      const pa = base ? iadd(at, base) : at;
      const pb = base ? iadd(b.at.get, base) : b.at.get;
      return sum.set(madd(loadLanes(pa, left, offset), loadLanes(pb, left, offset), sum.get));
    };
    return [
      sums.map((sum) => sum.set(four(0))),
      bulk <= 16 * 16
        ? Array.from({ length: bulk / 16 }, (_, v) => term(sums[v % sums.length]!, 16 * v, 4))
        : loop(
            p,
            int(0),
            int(bulk),
            stride,
            sums.map((sum, v) => term(sum, 16 * v, 4, p.get)),
          ),
      Array.from({ length: (whole * float - bulk) / 16 }, (_, v) => term(sums[v]!, bulk + 16 * v, 4)),
      lanes ? term(sums[0]!, whole * float, lanes) : [],
      sums.slice(1).map((sum) => sums[0]!.set(add(sums[0]!.get, sum.get))),
      storeSingle(
        to,
        typeof start === "object"
          ? fadd(sumLanes(sums[0]!), loadSingle(start.get))
          : start === "existing"
            ? fadd(sumLanes(sums[0]!), loadSingle(to))
            : sumLanes(sums[0]!),
      ),
    ];
  };
  if (rows === 1) return one(a.at.get, c.at.get);
  return [
    ci.set(c.at.get),
    loop(ai, a.at.get, iadd(a.at.get, imul(code(rows), int(a.row))), a.row, [
      one(ai.get, ci.get),
      ci.set(iadd(ci.get, int(c.row))),
    ]),
  ];
};
