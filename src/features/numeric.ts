import { invalid, knownOptions } from "../math/invalid.ts";
import { defineField, type FieldState, type Missing } from "./defineField.ts";
import type { Field } from "./field.ts";

const actor = "numeric()";

export interface NumericOptions {
  readonly missing?: Missing;
  /** What lies outside is missing: one reading of 1e300 would else be in the mean for good. All numbers, if left out. */
  readonly min?: number;
  readonly max?: number;
}

/** A number as it is, in one column. @throws InvalidInputError on options that are none. */
export const numeric = (options: NumericOptions = {}): Field<number, FieldState<null>, false> => {
  knownOptions(actor, options, ["missing", "min", "max"]);
  const { missing, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = options;
  if (!(min < max)) throw invalid(actor, "a min below max", `${min} and ${max}`);
  return defineField(
    {
      actor,
      expects:
        min === Number.NEGATIVE_INFINITY && max === Number.POSITIVE_INFINITY
          ? "a finite number"
          : `a finite number from ${min} to ${max}`,
      width: 1,
      wide: false,
      names: (prefix) => [prefix],
      parse: (value) => {
        const number = finiteNumber(value);
        return number !== undefined && number >= min && number <= max ? number : undefined;
      },
      init: () => null,
      write: (_, value, put) => put(0, value),
    },
    missing,
  );
};

/** The value, if it is a finite number. */
export const finiteNumber = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
