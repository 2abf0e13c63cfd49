import type { Kernels } from "../kernels.ts";
import { type Code, type FunctionSpec, i32, type Local, type Scope } from "./assembler.ts";
import { at } from "./at.ts";
import { largest, logSoftmaxOf, within } from "./classLosses.ts";
import { exp } from "./functions.ts";
import { add, div, four, iadd, loadLanes, mul, splat, storeLanes, sub, sumLanes } from "./instructions.ts";
import type { linker } from "./linker.ts";
import { overRow, overRows, vectors } from "./over.ts";

/** A function of pointers to matrices of `cols` columns and of the number of rows, from what it does with a row. */
const byRow = (
  name: string,
  cols: number,
  matrices: number,
  row: (scope: Scope, ...at: readonly Local[]) => Code,
): FunctionSpec => ({
  name,
  parameters: Array.from({ length: matrices + 1 }, () => i32 as typeof i32),
  body: (scope) => {
    const pointers = scope.parameters.slice(0, -1);
    return overRows(
      scope,
      scope.parameters.at(-1)!.get,
      pointers.map((pointer) => [pointer, 4 * cols] as const),
      row(scope, ...pointers),
    );
  },
});

const softmaxFunctions = (cols: number): readonly FunctionSpec[] => [
  byRow("softmax", cols, 2, (scope, x, y) => {
    const top = largest(scope, x!, cols);
    const [e, total] = vectors(scope, 2);
    return [
      top.code,
      total.set(four(0)),
      overRow(scope, cols, (j, lanes) => [
        e.set(within(exp(scope, sub(loadLanes(iadd(x!.get, j), 4), top.x.get)), lanes)),
        total.set(add(total.get, e.get)),
        storeLanes(iadd(y!.get, j), e, lanes),
      ]),
      total.set(div(four(1), splat(sumLanes(total)))),
      overRow(scope, cols, (j, lanes) => [
        e.set(mul(loadLanes(iadd(y!.get, j), 4), total.get)),
        storeLanes(iadd(y!.get, j), e, lanes),
      ]),
    ];
  }),
  byRow("softmaxBack", cols, 3, (scope, y, dy, dx) => {
    const [dot, v] = vectors(scope, 2);
    return [
      dot.set(four(0)),
      overRow(scope, cols, (j, lanes) =>
        dot.set(
          add(dot.get, within(mul(loadLanes(iadd(y!.get, j), 4), loadLanes(iadd(dy!.get, j), 4)), lanes)),
        ),
      ),
      dot.set(splat(sumLanes(dot))),
      overRow(scope, cols, (j, lanes) => [
        v.set(mul(loadLanes(iadd(y!.get, j), 4), sub(loadLanes(iadd(dy!.get, j), 4), dot.get))),
        storeLanes(iadd(dx!.get, j), v, lanes),
      ]),
    ];
  }),
  byRow("logSoftmax", cols, 2, (scope, x, y) => {
    const log = logSoftmaxOf(scope, x!, cols);
    const [v] = vectors(scope, 1);
    return [
      log.code,
      overRow(scope, cols, (j, lanes) => [
        v.set(sub(sub(loadLanes(iadd(x!.get, j), 4), log.top.get), log.rest.get)),
        storeLanes(iadd(y!.get, j), v, lanes),
      ]),
    ];
  }),
  byRow("logSoftmaxBack", cols, 3, (scope, y, dy, dx) => {
    const [total, v] = vectors(scope, 2);
    return [
      total.set(four(0)),
      overRow(scope, cols, (j, lanes) =>
        total.set(add(total.get, within(loadLanes(iadd(dy!.get, j), 4), lanes))),
      ),
      total.set(splat(sumLanes(total))),
      overRow(scope, cols, (j, lanes) => [
        v.set(sub(loadLanes(iadd(dy!.get, j), 4), mul(exp(scope, loadLanes(iadd(y!.get, j), 4)), total.get))),
        storeLanes(iadd(dx!.get, j), v, lanes),
      ]),
    ];
  }),
];

/** softmax and logSoftmax along rows, and their ways back. */
export const rowKernels = (
  link: ReturnType<typeof linker>,
): Pick<Kernels, "softmax" | "softmaxBack" | "logSoftmax" | "logSoftmaxBack"> => {
  const functions = (cols: number) => link(`softmax ${cols}`, () => softmaxFunctions(cols));
  return {
    softmax: (rows, cols) => {
      const { softmax } = functions(cols);
      return (x, y) => void softmax!(at(x), at(y), rows);
    },
    softmaxBack: (rows, cols) => {
      const { softmaxBack } = functions(cols);
      return (y, dy, dx) => void softmaxBack!(at(y), at(dy), at(dx), rows);
    },
    logSoftmax: (rows, cols) => {
      const { logSoftmax } = functions(cols);
      return (x, y) => void logSoftmax!(at(x), at(y), rows);
    },
    logSoftmaxBack: (rows, cols) => {
      const { logSoftmaxBack } = functions(cols);
      return (y, dy, dx) => void logSoftmaxBack!(at(y), at(dy), at(dx), rows);
    },
  };
};
