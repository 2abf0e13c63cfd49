import type { Matrix } from "../math/matrix.ts";
import type { Columnwise } from "./columnwise.ts";
import { type Holder, holding } from "./holding.ts";
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
  const held = holding(standardScaler(width));
  const each = (name: "transform" | "inverse"): Columnwise => {
    function apply(m: Matrix): Matrix;
    function apply(row: ArrayLike<number>): Float64Array;
    function apply(item: Matrix | ArrayLike<number>): Matrix | Float64Array {
      const f = held.reading[name];
      return "data" in item ? f(item) : f(item);
    }
    return apply;
  };
  return Object.assign(held, { transform: each("transform"), inverse: each("inverse") });
};
