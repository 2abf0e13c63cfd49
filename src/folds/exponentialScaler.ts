import type { Fold } from "../math/fold.ts";
import type { Matrix } from "../math/matrix.ts";
import { affine, type ColumnScalerState, columnScaler } from "./columnScaler.ts";
import { type ExponentialVarianceState, exponentialVariance } from "./exponentialVariance.ts";
import { alphaOf, type Forgetting } from "./forgetting.ts";
import type { Standardization } from "./standardScaler.ts";

const actor = "exponentialScaler()";

/**
 * Columns brought to mean 0 and deviation 1 by an {@link exponentialVariance} of each, for streams whose scale wanders:
 * older rows count for less. What is not finite is not learned, and stays as it is.
 * @example scaler(exponentialScaler({ halfLife: 1000 })) // rows, not seconds
 */
export const exponentialScaler = (
  forgetting: Forgetting,
): Fold<Matrix | ArrayLike<number>, Standardization, ColumnScalerState<ExponentialVarianceState>> => {
  const column = exponentialVariance(alphaOf(actor, forgetting));
  return columnScaler(actor, {
    column: column.init,
    see: column.step,
    read: (columns, count) => {
      const spreads = columns.map(column.read);
      const mean = spreads.map((spread) => spread.mean);
      const deviation = spreads.map((spread) => spread.deviation);
      return { count, mean, deviation, ...affine(actor, mean, deviation) };
    },
  });
};
