import { invalid } from "../math/invalid.ts";
import type { Width } from "./layer.ts";

/** The widths function of a layer whose inputs are all of one width, which is also that of its output. */
export const equalWidths =
  (source: string) =>
  (widths: readonly Width[]): readonly Width[] => {
    const known = widths.filter((width) => width !== undefined);
    if (known.some((width) => width !== known[0]))
      throw invalid(source, "inputs of one width", widths.map((width) => width ?? "?").join(" and "));
    return [known[0]];
  };
