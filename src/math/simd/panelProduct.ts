// Long because the loops of one product stand inside each other.
import { type Code, i32, type Local, type Scope, v128 } from "./assembler.ts";
import {
  below,
  iadd,
  iand,
  imul,
  int,
  isub,
  load,
  loadSplat,
  loop,
  type MultiplyAdd,
  plus,
  select,
  storeLanes,
} from "./instructions.ts";
import { pack, type Stride, spill } from "./pack.ts";

/** The part of a product that is summed in registers: so many rows, so many columns. */
export interface Tile {
  readonly rows: number;
  readonly cols: number;
}

/**
 * The largest tile that the registers of the common 64-bit processors hold: 16 vectors, or with multiply-add in one instruction,
 * where no register is needed in between, a little more; two vectors in one, where the engine makes that of it.
 */
export const tileFor = ({ relaxed, wide }: { readonly relaxed: boolean; readonly wide: boolean }): Tile =>
  wide ? { rows: 4, cols: 16 } : relaxed ? { rows: 6, cols: 8 } : { rows: 4, cols: 8 };

/** What a product starts from: its first row is at `at`, and rows and columns go on from there, or do not. */
export interface Start {
  readonly at: Code;
  /** Bytes from row to row. */
  readonly row: Code;
  /** All ones if columns go on, zero if they all start from the same. */
  readonly cols: Code;
}

export interface PanelSpec {
  readonly rows: Code;
  /** How many products each element is the sum of. */
  readonly inner: Code;
  readonly cols: number;
  readonly a: Stride & { readonly at: Local };
  readonly b: Stride & { readonly at: Local };
  /** Columns of c lie side by side. */
  readonly c: { readonly at: Local; readonly row: number };
  readonly start: Start;
  readonly scratch: Local;
  readonly madd: MultiplyAdd;
  readonly tile: Tile;
}

/** How many steps of the sum, and how many rows, are copied at a time: they fit the first and the second cache. */
const depth = 256;
const blockRows = 144;
const blockAt = depth * 16 * 4 + spill;

/** Bytes of scratch memory that a product of panels needs. */
export const panelScratch: number = blockAt + blockRows * depth * 4 + spill;

/** Products that start from nothing; the first 64 bytes of the memory are zeros. */
export const fromZero: Start = { at: int(0), row: int(0), cols: int(0) };
/** Every row starts from the same one. */
export const fromRow = (row: Local): Start => ({ at: row.get, row: int(0), cols: int(-1) });
/** From what is there, if the condition is 1, and from nothing if it is 0. */
export const fromSelf = (c: PanelSpec["c"], condition: Local): Start => ({
  at: imul(c.at.get, condition.get),
  row: imul(int(c.row), condition.get),
  cols: isub(int(0), condition.get),
});

/** Visits rows in tiles: as many of the first height as there are, then what is left in smaller ones. */
const overTiles = (
  scope: Scope,
  heights: readonly number[],
  rows: Code,
  visit: (height: number) => Code,
): Code => {
  const end = scope.local(i32);
  return heights.map((height, i) =>
    loop(
      end,
      i === 0 ? int(height) : plus(end.get, height - heights[i - 1]!), // where a tile of this height would end
      plus(rows, 1),
      height,
      visit(height),
    ),
  );
};

/**
 * c = a·b for many rows: blocks of a and panels of b are copied, so that the innermost loop reads both in one line
 * (Goto & van de Geijn, 2008). Every element is summed in the order of the steps, whatever the blocks and tiles.
 */
export const panelProduct = (scope: Scope, spec: PanelSpec): Code => {
  const { rows, inner, cols, a, b, c, start, scratch, tile } = spec;
  const fresh = () => scope.local(i32);
  const [k, i, j] = [fresh(), fresh(), fresh()]; //               where the loops are
  const [steps, height] = [fresh(), fresh()]; //                  how much of the sum and of the rows is done at once
  const [ak, bk, s, sRow, sCols] = [fresh(), fresh(), fresh(), fresh(), fresh()]; // where these steps start
  const [ai, ci, si] = [fresh(), fresh(), fresh()]; //            where these rows start
  const [block, pa, from] = [fresh(), fresh(), fresh()]; //       the copy of a, and what is copied
  const heights = [tile.rows, ...[4, 2, 1].filter((h) => h < tile.rows)];
  const smaller = (x: Code, limit: number): Code => select(x, int(limit), below(x, int(limit)));

  const packBlock: Code = [
    pa.set(block.get),
    from.set(ai.get),
    overTiles(scope, heights, height.get, (lines) => [
      pack(scope, { lines, stride: a, from: from.get, to: pa.get, steps: steps.get }),
      pa.set(iadd(pa.get, imul(steps.get, int(4 * lines)))),
      from.set(plus(from.get, lines * a.line)),
    ]),
  ];
  const columnsAt = (at: Code, width: number): Code => {
    const [cij, sij] = [fresh(), fresh()];
    const vectors = Math.ceil(width / 4);
    return [
      pack(scope, {
        lines: width,
        width: 4 * vectors,
        stride: b,
        from: iadd(bk.get, imul(at, int(b.line))),
        to: scratch.get,
        steps: steps.get,
      }),
      pa.set(block.get),
      cij.set(iadd(ci.get, imul(at, int(4)))),
      sij.set(iadd(si.get, iand(imul(at, int(4)), sCols.get))),
      overTiles(scope, heights, height.get, (lines) =>
        tileOf(scope, spec, { lines, width, steps, pa, panel: scratch, cij, sij, sRow }),
      ),
    ];
  };
  const columns: Code[] = [];
  let done = 0;
  for (const width of [16, 8, 4].filter((w) => w <= tile.cols)) {
    const to = cols - ((cols - done) % width);
    if (to - done > width) columns.push(loop(j, int(done), int(to), width, columnsAt(j.get, width)));
    else if (to > done) columns.push(columnsAt(int(done), width));
    done = to;
  }
  if (done < cols) columns.push(columnsAt(int(done), cols - done));

  return [
    block.set(plus(scratch.get, blockAt)),
    ak.set(a.at.get),
    bk.set(b.at.get),
    s.set(start.at),
    sRow.set(start.row),
    sCols.set(start.cols),
    loop(k, int(0), inner, depth, [
      steps.set(smaller(isub(inner, k.get), depth)),
      ai.set(ak.get),
      ci.set(c.at.get),
      si.set(s.get),
      loop(i, int(0), rows, blockRows, [
        height.set(smaller(isub(rows, i.get), blockRows)),
        packBlock,
        columns,
        ai.set(plus(ai.get, blockRows * a.line)),
        ci.set(plus(ci.get, blockRows * c.row)),
        si.set(iadd(si.get, imul(sRow.get, int(blockRows)))),
      ]),
      ak.set(plus(ak.get, depth * a.step)),
      bk.set(plus(bk.get, depth * b.step)),
      s.set(c.at.get), // the next steps go on from what is there
      sRow.set(int(c.row)),
      sCols.set(int(-1)),
    ]),
  ];
};

/** One tile: `lines` rows of as many vectors as hold `width` columns, summed in registers; then the pointers move on. */
const tileOf = (
  scope: Scope,
  { c, madd }: PanelSpec,
  {
    lines,
    width,
    steps,
    pa,
    panel,
    cij,
    sij,
    sRow,
  }: {
    lines: number;
    width: number;
    steps: Local;
    pa: Local;
    panel: Local;
    cij: Local;
    sij: Local;
    sRow: Local;
  },
): Code => {
  const vectors = Math.ceil(width / 4);
  const sums = Array.from({ length: lines }, () => Array.from({ length: vectors }, () => scope.local(v128)));
  const bs = Array.from({ length: vectors }, () => scope.local(v128));
  const x = scope.local(v128);
  const pb = scope.local(i32);
  const end = scope.local(i32);
  return [
    end.set(iadd(panel.get, imul(steps.get, int(16 * vectors)))),
    sums.map((row) => [
      row.map((sum, v) => sum.set(load(sij.get, 16 * v))),
      sij.set(iadd(sij.get, sRow.get)),
    ]),
    loop(pb, panel.get, end.get, 16 * vectors, [
      bs.map((b, v) => b.set(load(pb.get, 16 * v))),
      sums.map((row, r) => [
        x.set(loadSplat(pa.get, 4 * r)),
        row.map((sum, v) => sum.set(madd(x.get, bs[v]!.get, sum.get))),
      ]),
      pa.set(plus(pa.get, 4 * lines)),
    ]),
    sums.map((row, r) => row.map((sum, v) => storeLanes(cij.get, sum, width - 4 * v, r * c.row + 16 * v))),
    cij.set(plus(cij.get, lines * c.row)),
  ];
};
