import { finite, knownOptions } from "../math/invalid.ts";
import { defineField, type FieldState, type Missing } from "./defineField.ts";
import type { Field } from "./field.ts";
import { finiteNumber } from "./numeric.ts";

/**
 * A number that comes round, such as the hour of a day (`cyclical(24)`), in two columns: sin(2πx / period) and
 * cos(2πx / period), so that its end is beside its start.
 * @throws InvalidInputError for a period that is not a finite number above 0.
 */
export const cyclical = (
  period: number,
  options: { readonly missing?: Missing } = {},
): Field<number, FieldState<null>, false> => {
  const actor = `cyclical(${period})`;
  finite(actor, "period", period, { min: Number.MIN_VALUE });
  knownOptions(actor, options, ["missing"]);
  return defineField(
    {
      actor,
      expects: "a finite number",
      width: 2,
      wide: false,
      names: (prefix) => [`${prefix}:sin`, `${prefix}:cos`],
      parse: finiteNumber,
      init: () => null,
      write: (_, x, put) => {
        const angle = 2 * Math.PI * ((x % period) / period); // the remainder first: the quotient may overflow
        put(0, Math.sin(angle));
        put(1, Math.cos(angle));
      },
    },
    options.missing,
  );
};
