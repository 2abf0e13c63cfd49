import { knownOptions } from "../math/invalid.ts";
import { defineField, type FieldState, type Missing } from "./defineField.ts";
import type { Field } from "./field.ts";

const actor = "flag()";

/** A boolean in one column: 1 if true, 0 if false. @throws InvalidInputError on options that are none. */
export const flag = (
  options: { readonly missing?: Missing } = {},
): Field<boolean, FieldState<null>, false> => {
  knownOptions(actor, options, ["missing"]);
  return defineField(
    {
      actor,
      expects: "true or false",
      width: 1,
      wide: false,
      names: (prefix) => [prefix],
      parse: (value) => (typeof value === "boolean" ? value : undefined),
      init: () => null,
      write: (_, value, put) => put(0, value ? 1 : 0),
    },
    options.missing,
  );
};
