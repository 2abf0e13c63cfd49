import type { RecipeColumn } from "./recipe.ts";

/** Whether the columns have names of their own, which a header tells. */
export const hasNames = (known: readonly RecipeColumn[]): boolean =>
  !known.every(({ name }) => /^column\d+$/.test(name));
