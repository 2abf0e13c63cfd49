import { knownOptions } from "../math/invalid.ts";
import { defineField, type FieldState, type Missing } from "./defineField.ts";
import type { Field } from "./field.ts";

const actor = "numeric()";

/** A number as it is, in one column. @throws InvalidInputError on options that are none. */
export const numeric = (
  options: { readonly missing?: Missing } = {},
): Field<number, FieldState<null>, false> => {
  knownOptions(actor, options, ["missing"]);
  return defineField(
    {
      actor,
      expects: "a finite number",
      width: 1,
      wide: false,
      names: (prefix) => [prefix],
      parse: finiteNumber,
      init: () => null,
      write: (_, value, put) => put(0, value),
    },
    options.missing,
  );
};

/** The value, if it is a finite number. */
export const finiteNumber = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
