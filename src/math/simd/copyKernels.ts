import type { Kernels } from "../kernels.ts";
import { type Code, type FunctionSpec, f32, i32, type Local } from "./assembler.ts";
import { at } from "./at.ts";
import {
  add,
  answer,
  below,
  fequal,
  floatOf,
  iadd,
  imul,
  int,
  isZero,
  load,
  loadSingle,
  loop,
  orInts,
  storeLanes,
  truncated,
  when,
} from "./instructions.ts";
import type { linker } from "./linker.ts";
import { overRow, vectors } from "./over.ts";

type Pointers = readonly [Local, Local, Local, Local, Local];
const pointers = (count: number) => Array.from({ length: count }, () => i32 as typeof i32);

/** copy and adding(x, y, rows, xRow, yRow): `width` floats of each row; rows are so many bytes apart. */
const columnsFunctions = (width: number): readonly FunctionSpec[] =>
  [false, true].map((accumulate) => ({
    name: accumulate ? "adding" : "copy",
    parameters: pointers(5),
    body: (scope) => {
      const [x, y, rows, xRow, yRow] = scope.parameters as Pointers;
      const [v] = vectors(scope, 1);
      const i = scope.local(i32);
      return loop(i, int(0), rows.get, 1, [
        overRow(scope, width, (j, lanes) => {
          const value = load(iadd(x.get, j));
          return [
            v.set(accumulate ? add(load(iadd(y.get, j)), value) : value),
            storeLanes(iadd(y.get, j), v, lanes),
          ];
        }),
        x.set(iadd(x.get, xRow.get)),
        y.set(iadd(y.get, yRow.get)),
      ]);
    },
  }));

/** gather(x, W, y, count, size): the first position of what is no index, or −1; scatter(x, dy, dW, count). */
const indexedFunctions = (width: number): readonly FunctionSpec[] => {
  const row = (W: Local, index: Local): Code => iadd(W.get, imul(index.get, int(4 * width)));
  return [
    {
      name: "gather",
      parameters: pointers(5),
      result: i32,
      body: (scope) => {
        const [x, W, y, count, size] = scope.parameters as Pointers;
        const [i, index, from] = [scope.local(i32), scope.local(i32), scope.local(i32)];
        const [value, [v]] = [scope.local(f32), vectors(scope, 1)];
        return [
          loop(i, int(0), count.get, 1, [
            value.set(loadSingle(x.get)),
            index.set(truncated(value.get)),
            when(
              orInts(isZero(fequal(floatOf(index.get), value.get)), isZero(below(index.get, size.get))),
              answer(i.get),
            ),
            from.set(row(W, index)),
            overRow(scope, width, (j, lanes) => [
              v.set(load(iadd(from.get, j))),
              storeLanes(iadd(y.get, j), v, lanes),
            ]),
            x.set(iadd(x.get, int(4))),
            y.set(iadd(y.get, int(4 * width))),
          ]),
          int(-1),
        ];
      },
    },
    {
      name: "scatter",
      parameters: pointers(4),
      body: (scope) => {
        const [x, dy, dW, count] = scope.parameters as unknown as Pointers;
        const [i, index, to] = [scope.local(i32), scope.local(i32), scope.local(i32)];
        const [v] = vectors(scope, 1);
        return loop(i, int(0), count.get, 1, [
          index.set(truncated(loadSingle(x.get))),
          to.set(row(dW, index)),
          overRow(scope, width, (j, lanes) => [
            v.set(add(load(iadd(to.get, j)), load(iadd(dy.get, j)))),
            storeLanes(iadd(to.get, j), v, lanes),
          ]),
          x.set(iadd(x.get, int(4))),
          dy.set(iadd(dy.get, int(4 * width))),
        ]);
      },
    },
  ];
};

/** Blocks of columns, and rows by their index. */
export const copyKernels = (
  link: ReturnType<typeof linker>,
): Pick<Kernels, "columns" | "gather" | "scatter"> => ({
  columns: (rows, width) => {
    const { copy, adding } = link(`columns ${width}`, () => columnsFunctions(width));
    return (x, from, y, to, accumulate) => {
      const run = accumulate ? adding! : copy!;
      run(at(x) + 4 * from, at(y) + 4 * to, rows, 4 * x.cols, 4 * y.cols);
    };
  },
  gather: (count, size, width) => {
    const { gather } = link(`indexed ${width}`, () => indexedFunctions(width));
    return (x, W, y) => gather!(at(x), at(W), at(y), count, size);
  },
  scatter: (count, width) => {
    const { scatter } = link(`indexed ${width}`, () => indexedFunctions(width));
    return (x, dy, dW) => void scatter!(at(x), at(dy), at(dW), count);
  },
});
