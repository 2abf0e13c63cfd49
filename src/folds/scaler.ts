import type { Matrix } from "../math/matrix.ts";
import { type Columnwise, columnwise } from "./columnwise.ts";
import { type Holder, holding } from "./holding.ts";
import { standardizeRow } from "./standardizeRow.ts";
import { type Standardization, type StandardScalerState, standardScaler } from "./standardScaler.ts";

/** A standard scaler and what it has learned. `transform` and `inverse` change nothing. */
export interface Scaler extends Holder<Matrix | ArrayLike<number>, Standardization, StandardScalerState> {
  readonly transform: Columnwise;
  readonly inverse: Columnwise;
}

/**
 * A live {@link standardScaler}: `standardize` teaches it from the stream, and predictions use the same statistics.
 * @example
 * const inputs = scaler();
 * samples$.pipe(standardize({ inputs }), minibatch(32), train(net, …));
 * net.predict(inputs.transform(x));
 */
export const scaler = (width?: number): Scaler => {
  const fold = standardScaler(width);
  const live = { state: fold.init() };
  const held = holding(fold, live);
  const row = columnwise("scaler()", 0, (x, _, z) => standardizeRow(live.state.columns, x, z));
  function transform(m: Matrix): Matrix;
  function transform(row: ArrayLike<number>): Float64Array;
  function transform(item: Matrix | ArrayLike<number>): Matrix | Float64Array {
    const { length } = live.state.columns;
    // a reading costs more than a row, and each row that is learned makes the next one necessary
    if (!("data" in item)) return item.length === length ? row(item) : held.reading.transform(item);
    return item.rows === 1 && item.cols === length ? row(item) : held.reading.transform(item);
  }
  function inverse(m: Matrix): Matrix;
  function inverse(row: ArrayLike<number>): Float64Array;
  function inverse(item: Matrix | ArrayLike<number>): Matrix | Float64Array {
    const { reading } = held;
    return "data" in item ? reading.inverse(item) : reading.inverse(item);
  }
  return Object.assign(held, { transform, inverse });
};
