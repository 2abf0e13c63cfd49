// Long because forward and backward of a sparse layer are one walk over its entries, emitted twice.
import type { SparseKernel } from "../kernels.ts";
import type { Sparse } from "../sparse.ts";
import type { Arena, Block } from "./arena.ts";
import { type Code, type FunctionSpec, i32, type Local, type Scope, v128 } from "./assembler.ts";
import { at } from "./at.ts";
import {
  four,
  iadd,
  imul,
  int,
  load,
  loadInt,
  loadSplat,
  loop,
  type MultiplyAdd,
  plainMadd,
  storeLanes,
} from "./instructions.ts";
import type { Functions } from "./linker.ts";
import { sumRows } from "./sumRows.ts";

const float = 4;
/** Columns that are summed in registers at once. */
const tile = 64;

/** Runs the body for each row, with the bytes from and to which its entries reach in `indices` and `values`. */
const overRows = (scope: Scope, starts: Local, rows: Local, body: (from: Code, to: Code) => Code): Code => {
  const i = scope.local(i32);
  return loop(
    i,
    starts.get,
    iadd(starts.get, imul(rows.get, int(4))),
    4,
    body(imul(loadInt(i.get), int(4)), imul(loadInt(i.get, 4), int(4))),
  );
};

/**
 * times(starts, indices, values, W, b, y, rows): y = x·W + b; b is 0 where there is none.
 * scatter(starts, indices, values, dz, dW, rows): dW[index] += value·dz, entry by entry.
 * bias(dz, db, rows), biasAdding: db = Σ dz.
 */
export const sparseFunctions = (
  outputs: number,
  bias: boolean,
  madd: MultiplyAdd,
): readonly FunctionSpec[] => {
  const tiles = Array.from({ length: Math.ceil(outputs / tile) }, (_, t) => ({
    at: t * tile * float,
    width: Math.min(tile, outputs - t * tile),
  }));
  const vectorsOf = (width: number) => Array.from({ length: Math.ceil(width / 4) }, (_, v) => v);
  return [
    {
      name: "times",
      parameters: [i32, i32, i32, i32, i32, i32, i32],
      body: (scope) => {
        const [starts, indices, values, W, b, y, rows] = scope.parameters as readonly [
          Local,
          Local,
          Local,
          Local,
          Local,
          Local,
          Local,
        ];
        const [k, row, out] = [scope.local(i32), scope.local(i32), scope.local(i32)];
        const sums = vectorsOf(Math.min(tile, outputs)).map(() => scope.local(v128));
        const x = scope.local(v128);
        return [
          out.set(y.get),
          overRows(scope, starts, rows, (from, to) => [
            tiles.map(({ at, width }) => [
              vectorsOf(width).map((v) => sums[v]!.set(bias ? load(b.get, at + 16 * v) : four(0))),
              loop(k, from, to, 4, [
                row.set(iadd(W.get, imul(loadInt(iadd(indices.get, k.get)), int(outputs * float)))),
                x.set(loadSplat(iadd(values.get, k.get))),
                vectorsOf(width).map((v) =>
                  sums[v]!.set(madd(x.get, load(row.get, at + 16 * v), sums[v]!.get)),
                ),
              ]),
              vectorsOf(width).map((v) => storeLanes(out.get, sums[v]!, width - 4 * v, at + 16 * v)),
            ]),
            out.set(iadd(out.get, int(outputs * float))),
          ]),
        ];
      },
    },
    ...[false, true].map(
      (accumulate): FunctionSpec => ({
        name: accumulate ? "biasAdding" : "bias",
        parameters: [i32, i32, i32],
        body: (scope) => {
          const [dz, db, rows] = scope.parameters as readonly [Local, Local, Local];
          return sumRows(scope, { rows: rows.get, cols: outputs, a: dz, c: db, accumulate });
        },
      }),
    ),
    {
      name: "scatter",
      parameters: [i32, i32, i32, i32, i32, i32],
      body: (scope) => {
        const [starts, indices, values, dz, dW, rows] = scope.parameters as readonly [
          Local,
          Local,
          Local,
          Local,
          Local,
          Local,
        ];
        const [k, row, from] = [scope.local(i32), scope.local(i32), scope.local(i32)];
        const [x, sum] = [scope.local(v128), scope.local(v128)];
        return [
          from.set(dz.get),
          overRows(scope, starts, rows, (first, last) => [
            loop(k, first, last, 4, [
              row.set(iadd(dW.get, imul(loadInt(iadd(indices.get, k.get)), int(outputs * float)))),
              x.set(loadSplat(iadd(values.get, k.get))),
              vectorsOf(outputs).map((v) => [
                sum.set(madd(x.get, load(from.get, 16 * v), load(row.get, 16 * v))),
                storeLanes(row.get, sum, outputs - 4 * v, 16 * v),
              ]),
            ]),
            from.set(iadd(from.get, int(outputs * float))),
          ]),
        ];
      },
    },
  ];
};

/** Copies the entries of each batch beside the weights, in room that grows to the largest, and runs the functions there. */
export const sparseKernels = (
  own: Arena,
  link: (key: string, emit: () => readonly FunctionSpec[]) => Functions,
  madd: MultiplyAdd,
): ((rows: number, outputs: number) => SparseKernel) => {
  let room: Block | undefined;
  let here: Sparse | undefined;
  const place = (x: Sparse): readonly [starts: number, indices: number, values: number] => {
    const [rows, entries] = [x.starts.length, x.indices.length];
    if (!room || room.cols < rows + 2 * entries) {
      if (room) own.free(room);
      room = own.block(1, 2 * (rows + 2 * entries));
      here = undefined;
    }
    const starts = room.ptr;
    const indices = starts + 4 * rows;
    const values = indices + 4 * entries;
    if (here !== x) {
      new Int32Array(own.buffer, starts, rows).set(x.starts);
      new Int32Array(own.buffer, indices, entries).set(x.indices);
      new Float32Array(own.buffer, values, entries).set(x.values);
      here = x;
    }
    return [starts, indices, values];
  };
  return (rows, outputs) => {
    const functions = (bias: boolean): Functions =>
      link(`sparse ${outputs} ${bias} ${madd === plainMadd}`, () => sparseFunctions(outputs, bias, madd));
    return {
      times: (x, W, b, y) => {
        here = undefined; // the same object may have been filled anew
        const [starts, indices, values] = place(x);
        functions(b !== undefined).times!(starts, indices, values, at(W), b ? at(b) : 0, at(y), rows);
      },
      scatter: (x, dz, dW, db, accumulate) => {
        const [starts, indices, values] = place(x);
        const { scatter, bias, biasAdding } = functions(db !== undefined);
        scatter!(starts, indices, values, at(dz), at(dW), rows);
        if (db) (accumulate ? biasAdding! : bias!)(at(dz), at(db), rows);
      },
    };
  };
};
