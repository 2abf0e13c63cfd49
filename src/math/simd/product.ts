// Long because the forms of a product share walks and tiles, and are read against each other.
import { type Code, i32, type Local, type Scope, v128 } from "./assembler.ts";
import {
  add,
  fadd,
  four,
  iadd,
  iand,
  imul,
  int,
  load,
  loadLanes,
  loadSingle,
  loadSplat,
  loop,
  type MultiplyAdd,
  plus,
  shuffle,
  store,
  storeLanes,
  storeSingle,
  sumLanes,
} from "./instructions.ts";

/** A number that is known when the code is emitted, or code that reads it when it runs. */
export type Count = number | Code;
const code = (n: Count): Code => (typeof n === "number" ? int(n) : n);

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
  /** Copies each panel of eight columns of b here first, so that the inner loop reads it in one line. */
  readonly panel?: Local;
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
  const n = code(rows);
  const fours = typeof rows === "number" ? int(rows & ~3) : iand(n, int(~3));
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
    typeof rows === "number" && rows % tileRows === 0 ? [] : walk(1, n),
  ];
};

/** One tile: `height` rows of as many vectors as hold `width` columns, summed in registers. */
const tileOf = (
  scope: Scope,
  { inner, a, start, madd }: ProductSpec,
  {
    height,
    width,
    ai,
    bj,
    bStep,
    cij,
    bias,
    cRow,
  }: {
    height: number;
    width: number;
    ai: Code;
    bj: Code;
    bStep: number;
    cij: Code;
    bias: Code;
    cRow: number;
  },
): Code => {
  const vectors = Math.ceil(width / 4);
  const sums = Array.from({ length: height * vectors }, () => scope.local(v128));
  const bs = Array.from({ length: vectors }, () => scope.local(v128));
  const x = scope.local(v128);
  const step = (pa: Code, pb: Code, aOffset: number, bOffset: number): Code => [
    bs.map((b, v) => b.set(load(pb, bOffset + 16 * v))),
    Array.from({ length: height }, (_, r) => [
      x.set(loadSplat(pa, aOffset + r * a.row)),
      bs.map((b, v) => {
        const sum = sums[r * vectors + v]!;
        return sum.set(madd(x.get, b.get, sum.get));
      }),
    ]),
  ];
  const begin = sums.map((sum, i) => {
    const r = Math.floor(i / vectors);
    const v = i % vectors;
    if (start === "zero") return sum.set(four(0));
    if (start === "existing") return sum.set(load(cij, r * cRow + 16 * v));
    return sum.set(load(bias, 16 * v));
  });
  const finish = sums.map((sum, i) => {
    const v = i % vectors;
    return storeLanes(cij, sum, width - 4 * v, Math.floor(i / vectors) * cRow + 16 * v);
  });
  if (typeof inner === "number" && inner * height * vectors <= unrolled)
    return [begin, Array.from({ length: inner }, (_, p) => step(ai, bj, p * a.step, p * bStep)), finish];
  const pa = scope.local(i32);
  const pb = scope.local(i32);
  const end = scope.local(i32);
  return [
    begin,
    pb.set(bj),
    end.set(iadd(ai, imul(code(inner), int(a.step)))),
    loop(pa, ai, end.get, a.step, [step(pa.get, pb.get, 0, 0), pb.set(iadd(pb.get, int(bStep)))]),
    finish,
  ];
};

/** Copies `width` columns of b, from byte `j` of each step on, into a panel whose steps are 32 bytes apart. */
const fillPanel = (scope: Scope, { inner, b, panel }: ProductSpec, j: Code, width: number): Code => {
  const from = scope.local(i32);
  const to = scope.local(i32);
  const end = scope.local(i32);
  return [
    to.set(panel!.get),
    from.set(iadd(b.at.get, j)),
    end.set(iadd(from.get, imul(code(inner), int(b.step)))),
    loop(from, from.get, end.get, b.step, [
      store(to.get, load(from.get)),
      width > 4 ? store(to.get, load(from.get, 16), 16) : [],
      to.set(iadd(to.get, int(32))),
    ]),
  ];
};

/**
 * c = a·b, with c written exactly and nothing beyond it. Columns go in tiles of 8 (of 32 and 16 too when there is one row),
 * rows in tiles of 4; sums stay in registers.
 */
export const product = (scope: Scope, spec: ProductSpec): Code => {
  const { rows, cols, b, c, start, panel } = spec;
  const j = scope.local(i32);
  const columnsAt = (at: Code, width: number): Code => {
    const bj = panel ? panel.get : iadd(b.at.get, at);
    const bStep = panel ? 32 : b.step;
    return [
      panel ? fillPanel(scope, spec, at, width) : [],
      overRows(scope, spec, (height, ai, ci) =>
        tileOf(scope, spec, {
          height,
          width,
          ai,
          bj,
          bStep,
          cij: iadd(ci, at),
          bias: typeof start === "object" ? iadd(start.get, at) : [],
          cRow: c.row,
        }),
      ),
    ];
  };
  const widths = rows === 1 && !panel ? [32, 16, 8, 4] : [8, 4];
  const parts: Code[] = [];
  let done = 0;
  for (const width of widths) {
    const times = Math.floor((cols - done) / width);
    if (times > 1) {
      parts.push(
        loop(
          j,
          int(done * float),
          int((done + times * width) * float),
          width * float,
          columnsAt(j.get, width),
        ),
      );
    } else if (times === 1) parts.push(columnsAt(int(done * float), width));
    done += times * width;
  }
  if (done < cols) parts.push(columnsAt(int(done * float), cols - done));
  return parts;
};

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
      whole <= 16 * 16
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

/** Writes the transpose of b (rows × cols) to `to`: cols × rows, four by four. */
export const transpose = (
  scope: Scope,
  { rows, cols, from, to }: { rows: number; cols: number; from: Local; to: Local },
): Code => {
  const [i, p, s, t] = [i32, i32, i32, i32].map((type) => scope.local(type as typeof i32)) as [
    Local,
    Local,
    Local,
    Local,
  ];
  const [a, b, c, d] = [0, 1, 2, 3].map(() => scope.local(v128)) as [Local, Local, Local, Local];
  const q = [0, 1, 2, 3].map(() => scope.local(v128)) as [Local, Local, Local, Local];
  const [down, across] = [cols * float, rows * float];
  const block: Code = [
    [a, b, c, d].map((v, r) => v.set(load(s.get, r * down))),
    q[0].set(shuffle(a.get, b.get, [0, 4, 1, 5])),
    q[1].set(shuffle(a.get, b.get, [2, 6, 3, 7])),
    q[2].set(shuffle(c.get, d.get, [0, 4, 1, 5])),
    q[3].set(shuffle(c.get, d.get, [2, 6, 3, 7])),
    store(t.get, shuffle(q[0].get, q[2].get, [0, 1, 4, 5])),
    store(t.get, shuffle(q[0].get, q[2].get, [2, 3, 6, 7]), across),
    store(t.get, shuffle(q[1].get, q[3].get, [0, 1, 4, 5]), 2 * across),
    store(t.get, shuffle(q[1].get, q[3].get, [2, 3, 6, 7]), 3 * across),
  ];
  const [wholeRows, wholeCols] = [rows & ~3, cols & ~3];
  const rest = (fromRow: Code, toRow: Code, fromCol: number, toCol: number): Code =>
    loop(i, fromRow, toRow, 1, [
      Array.from({ length: toCol - fromCol }, (_, k) => [
        storeSingle(
          iadd(to.get, iadd(imul(int(fromCol + k), int(across)), imul(i.get, int(float)))),
          loadSingle(plus(iadd(from.get, imul(i.get, int(down))), (fromCol + k) * float)),
        ),
      ]),
    ]);
  return [
    wholeRows && wholeCols
      ? loop(i, int(0), int(wholeRows), 4, [
          s.set(iadd(from.get, imul(i.get, int(down)))),
          t.set(iadd(to.get, imul(i.get, int(float)))),
          loop(p, int(0), int(wholeCols), 4, [
            block,
            s.set(iadd(s.get, int(16))),
            t.set(iadd(t.get, int(4 * across))),
          ]),
        ])
      : [],
    cols % 4 ? rest(int(0), int(rows), wholeCols, cols) : [],
    rows % 4 && wholeCols
      ? loop(p, int(0), int(wholeCols), 1, [
          Array.from({ length: rows % 4 }, (_, r) =>
            storeSingle(
              plus(iadd(to.get, imul(p.get, int(across))), (wholeRows + r) * float),
              loadSingle(plus(iadd(from.get, imul(p.get, int(float))), (wholeRows + r) * down)),
            ),
          ),
        ])
      : [],
  ];
};

/** c = Σ over the rows of a, which are `cols` floats long. */
export const sumRows = (
  scope: Scope,
  { rows, cols, a, c, accumulate }: { rows: Count; cols: number; a: Local; c: Local; accumulate: boolean },
): Code => {
  const ai = scope.local(i32);
  const j = scope.local(i32);
  const sum = scope.local(v128);
  const part = (at: Code, width: number): Code => [
    sum.set(accumulate ? load(iadd(c.get, at)) : four(0)),
    loop(ai, iadd(a.get, at), iadd(iadd(a.get, at), imul(code(rows), int(cols * float))), cols * float, [
      sum.set(add(sum.get, load(ai.get))),
    ]),
    storeLanes(iadd(c.get, at), sum, width),
  ];
  const fours = cols >> 2;
  return [
    fours ? loop(j, int(0), int(fours * 16), 16, part(j.get, 4)) : [],
    cols % 4 ? part(int(fours * 16), cols % 4) : [],
  ];
};
