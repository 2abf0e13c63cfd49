import { activate, slope } from "./activate.ts";
import { type Code, type FunctionSpec, i32, type Local } from "./assembler.ts";
import type { DenseSizes } from "./dense.ts";
import { imul, int, type MultiplyAdd } from "./instructions.ts";
import { fromRow, fromSelf, fromZero, panelProduct, type Tile } from "./panelProduct.ts";
import { sumRows } from "./sumRows.ts";
import { type VectorActivation, vectorActivation } from "./vectorActivation.ts";

const float = 4;

/** What the functions of a shape are emitted from. */
export interface ManySizes extends Omit<DenseSizes, "height"> {
  readonly madd: MultiplyAdd;
  readonly tile: Tile;
}

/** Eight numbers: six that a function says, the rows of the result that it works on, and its scratch memory. */
export const shared: readonly (typeof i32)[] = [i32, i32, i32, i32, i32, i32, i32, i32];
type Shared = readonly [Local, Local, Local, Local, Local, Local, Local, Local];

/**
 * The functions of a dense layer for many rows. Those of a batch can be shared among threads: each works on some rows of its result.
 * - forward(x, W, b, z, y, 0, rows, scratch): z = x·W + b, y = f(z)
 * - errors(z, y, dy, dz, W, dx, rows, scratch): dz = dy ∘ f′, dx = dz·Wᵀ; errorsLast leaves out dx
 * - weights(x, dz, dW, n, add, 0, rows, scratch): dW = xᵀ·dz, with x of n rows; added to what is there if `add` is 1
 * - bias(dz, db, n), biasAdding: db = Σ dz
 */
export const denseMany = (sizes: ManySizes): readonly FunctionSpec[] => [
  forward(sizes),
  errors("errors", sizes),
  errors("errorsLast", sizes),
  weights(sizes),
  bias("bias", sizes),
  bias("biasAdding", sizes),
];

const forward = ({ inputs, outputs, bias, activation, madd, tile }: ManySizes): FunctionSpec => ({
  name: "forward",
  parameters: shared,
  body: (scope) => {
    const [x, W, b, z, y, , rows, scratch] = scope.parameters as Shared;
    return [
      panelProduct(scope, {
        rows: rows.get,
        inner: int(inputs),
        cols: outputs,
        a: { at: x, line: inputs * float, step: float },
        b: { at: W, line: float, step: outputs * float },
        c: { at: z, row: outputs * float },
        start: bias ? fromRow(b) : fromZero,
        scratch,
        madd,
        tile,
      }),
      activation === undefined ? [] : activate(scope, known(activation), z, y, bytes(rows, outputs)),
    ];
  },
});

const errors = (name: "errors" | "errorsLast", sizes: ManySizes): FunctionSpec => ({
  name,
  parameters: shared,
  body: (scope) => {
    const { inputs, outputs, activation, madd, tile } = sizes;
    const [z, y, dy, dz, W, dx, rows, scratch] = scope.parameters as Shared;
    return [
      activation === undefined ? [] : slope(scope, known(activation), { z, y, dy, dz }, bytes(rows, outputs)),
      name === "errorsLast"
        ? []
        : panelProduct(scope, {
            rows: rows.get,
            inner: int(outputs),
            cols: inputs,
            a: { at: dz, line: outputs * float, step: float },
            b: { at: W, line: outputs * float, step: float },
            c: { at: dx, row: inputs * float },
            start: fromZero,
            scratch,
            madd,
            tile,
          }),
    ];
  },
});

const weights = ({ inputs, outputs, madd, tile }: ManySizes): FunctionSpec => ({
  name: "weights",
  parameters: shared,
  body: (scope) => {
    const [x, dz, dW, n, add, , rows, scratch] = scope.parameters as Shared;
    const c = { at: dW, row: outputs * float };
    return panelProduct(scope, {
      rows: rows.get,
      inner: n.get,
      cols: outputs,
      a: { at: x, line: float, step: inputs * float },
      b: { at: dz, line: float, step: outputs * float },
      c,
      start: fromSelf(c, add),
      scratch,
      madd,
      tile,
    });
  },
});

const bias = (name: "bias" | "biasAdding", { outputs }: ManySizes): FunctionSpec => ({
  name,
  parameters: [i32, i32, i32],
  body: (scope) => {
    const [dz, db, n] = scope.parameters as unknown as Shared;
    return sumRows(scope, { rows: n.get, cols: outputs, a: dz, c: db, accumulate: name === "biasAdding" });
  },
});

const known = (activation: string): VectorActivation => vectorActivation(activation)!;
const bytes = (rows: Local, cols: number): Code => imul(rows.get, int(cols * float));
