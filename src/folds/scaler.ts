import type { Fold } from "../math/fold.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Scaling } from "./columnScaler.ts";
import { type Columnwise, columnwise } from "./columnwise.ts";
import { type Holder, holding } from "./holding.ts";
import { standardizeRow } from "./standardizeRow.ts";
import { type Standardization, type StandardScalerState, standardScaler } from "./standardScaler.ts";

/** A scaler and what it has learned. `transform` and `inverse` change nothing. */
export interface Scaler<Reading extends Scaling = Scaling, State = unknown>
  extends Holder<Matrix | ArrayLike<number>, Reading, State> {
  readonly transform: Columnwise;
  readonly inverse: Columnwise;
}

/**
 * A live {@link standardScaler}, or another: `standardize` teaches it from the stream, and predictions use the same
 * statistics.
 * @example
 * const inputs = scaler();
 * samples$.pipe(standardize({ inputs }), minibatch(32), train(net, …));
 * net.predict(inputs.transform(x));
 * scaler(robustScaler({ window: 500 }));
 */
export function scaler(width?: number): Scaler<Standardization, StandardScalerState>;
export function scaler<Reading extends Scaling, State>(
  fold: Fold<Matrix | ArrayLike<number>, Reading, State>,
): Scaler<Reading, State>;
export function scaler(kind: number | Fold<Matrix | ArrayLike<number>, Scaling> = 0): Scaler {
  return typeof kind === "number" ? standard(kind) : transforming(holding(kind));
}

/** Single rows go past the reading, which costs more than a row, and which each row that is learned makes necessary anew. */
const standard = (width: number): Scaler<Standardization, StandardScalerState> => {
  const fold = standardScaler(width);
  const live = { state: fold.init() };
  const held = holding(fold, live);
  const row = columnwise("scaler()", 0, (x, _, z) => standardizeRow(live.state.columns, x, z));
  return transforming(held, (width) => (width === live.state.columns.length ? row : undefined));
};

/** A holder with the transforms of its reading; `direct` is a shorter way for single rows of a width. */
const transforming = <Reading extends Scaling, State>(
  held: Holder<Matrix | ArrayLike<number>, Reading, State>,
  direct: (width: number) => Columnwise | undefined = () => undefined,
): Scaler<Reading, State> => {
  function transform(m: Matrix): Matrix;
  function transform(row: ArrayLike<number>): Float64Array;
  function transform(item: Matrix | ArrayLike<number>): Matrix | Float64Array {
    if (!("data" in item)) return (direct(item.length) ?? held.reading.transform)(item);
    return ((item.rows === 1 ? direct(item.cols) : undefined) ?? held.reading.transform)(item);
  }
  function inverse(m: Matrix): Matrix;
  function inverse(row: ArrayLike<number>): Float64Array;
  function inverse(item: Matrix | ArrayLike<number>): Matrix | Float64Array {
    const { reading } = held;
    return "data" in item ? reading.inverse(item) : reading.inverse(item);
  }
  return Object.assign(held, { transform, inverse });
};
