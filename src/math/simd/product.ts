// Long because the loops of one product are read against each other.
import { type Code, i32, type Local, type Scope, v128 } from "./assembler.ts";
import { type Count, code } from "./count.ts";
import {
  four,
  iadd,
  iand,
  imul,
  int,
  load,
  loadSplat,
  loop,
  type MultiplyAdd,
  storeLanes,
} from "./instructions.ts";

/** Where the elements of a matrix are: bytes from one row to the next, and from one step of the sum to the next. */
export interface Walk {
  readonly at: Local;
  readonly row: number;
  readonly step: number;
}

export interface ProductSpec {
  readonly rows: Count;
  /** How many products each element is the sum of. */
  readonly inner: Count;
  readonly cols: number;
  readonly a: Walk;
  /** b's elements of one step lie side by side. */
  readonly b: { readonly at: Local; readonly step: number };
  /** Columns of c lie side by side. */
  readonly c: { readonly at: Local; readonly row: number };
  /** What c starts from: zero, what is there, or one row that is added to every row. */
  readonly start: "zero" | "existing" | Local;
  readonly madd: MultiplyAdd;
}

const float = 4;
const tileRows = 4;
const unrolled = 64;

/** Loops over the rows of c in tiles of four, then one by one; `tile` gets where a and c stand. */
const overRows = (
  scope: Scope,
  { rows, a, c }: ProductSpec,
  tile: (height: number, a: Code, c: Code) => Code,
): Code => {
  if (rows === 1) return tile(1, a.at.get, c.at.get);
  const ai = scope.local(i32);
  const ci = scope.local(i32);
  const end = scope.local(i32);
  const fours = typeof rows === "number" ? int(rows & ~3) : iand(rows, int(~3));
  const walk = (height: number, to: Code): Code => [
    end.set(iadd(a.at.get, imul(to, int(a.row)))),
    loop(ai, ai.get, end.get, height * a.row, [
      tile(height, ai.get, ci.get),
      ci.set(iadd(ci.get, int(height * c.row))),
    ]),
  ];
  return [
    ai.set(a.at.get),
    ci.set(c.at.get),
    typeof rows === "number" && rows < tileRows ? [] : walk(tileRows, fours),
    typeof rows === "number" && rows % tileRows === 0 ? [] : walk(1, code(rows)),
  ];
};

/** One tile: `height` rows of as many vectors as hold `width` columns, summed in registers. */
const tileOf = (
  scope: Scope,
  { inner, a, b, c, start, madd }: ProductSpec,
  {
    height,
    width,
    ai,
    bj,
    cij,
    bias,
  }: { height: number; width: number; ai: Code; bj: Code; cij: Code; bias: Code },
): Code => {
  const vectors = Math.ceil(width / 4);
  const sums = Array.from({ length: height * vectors }, () => scope.local(v128));
  const bs = Array.from({ length: vectors }, () => scope.local(v128));
  const x = scope.local(v128);
  const row = (r: number, pa: Code, aOffset: number, factor: (v: number) => Code): Code => [
    x.set(loadSplat(pa, aOffset + r * a.row)),
    bs.map((_, v) => {
      const sum = sums[r * vectors + v]!;
      return sum.set(madd(x.get, factor(v), sum.get));
    }),
  ];
  const step = (pa: Code, pb: Code, aOffset: number, bOffset: number): Code =>
    height === 1 // each part of b is used once: it needs no register of its own
      ? row(0, pa, aOffset, (v) => load(pb, bOffset + 16 * v))
      : [
          bs.map((bv, v) => bv.set(load(pb, bOffset + 16 * v))),
          Array.from({ length: height }, (_, r) => row(r, pa, aOffset, (v) => bs[v]!.get)),
        ];
  const begin = sums.map((sum, i) => {
    const r = Math.floor(i / vectors);
    const v = i % vectors;
    if (start === "zero") return sum.set(four(0));
    if (start === "existing") return sum.set(load(cij, r * c.row + 16 * v));
    return sum.set(load(bias, 16 * v));
  });
  const finish = sums.map((sum, i) => {
    const v = i % vectors;
    return storeLanes(cij, sum, width - 4 * v, Math.floor(i / vectors) * c.row + 16 * v);
  });
  if (typeof inner === "number" && inner * height * vectors <= unrolled)
    return [begin, Array.from({ length: inner }, (_, p) => step(ai, bj, p * a.step, p * b.step)), finish];
  const pa = scope.local(i32);
  const pb = scope.local(i32);
  const end = scope.local(i32);
  return [
    begin,
    pb.set(bj),
    end.set(iadd(ai, imul(code(inner), int(a.step)))),
    loop(pa, ai, end.get, a.step, [step(pa.get, pb.get, 0, 0), pb.set(iadd(pb.get, int(b.step)))]),
    finish,
  ];
};

/**
 * c = a·b for one row or some, with c written exactly and nothing beyond it. Columns go in tiles of 8, rows in tiles of 4;
 * one row in tiles of 24 columns. Sums stay in registers.
 */
export const product = (scope: Scope, spec: ProductSpec): Code => {
  const { rows, cols, b, start } = spec;
  const j = scope.local(i32);
  const columnsAt = (at: Code, width: number): Code =>
    overRows(scope, spec, (height, ai, ci) =>
      tileOf(scope, spec, {
        height,
        width,
        ai,
        bj: iadd(b.at.get, at),
        cij: iadd(ci, at),
        bias: typeof start === "object" ? iadd(start.get, at) : [],
      }),
    );
  const parts: Code[] = [];
  let done = 0;
  for (const width of rows === 1 ? [24] : [8, 4]) {
    const to = cols - ((cols - done) % width);
    const columns = (at: Code) => columnsAt(at, width);
    if (to - done > width)
      parts.push(loop(j, int(done * float), int(to * float), width * float, columns(j.get)));
    else if (to > done) parts.push(columns(int(done * float)));
    done = to;
  }
  if (done < cols) parts.push(columnsAt(int(done * float), cols - done));
  return parts;
};
