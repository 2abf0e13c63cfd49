import type { LayerSpec, Width } from "../layers/layer.ts";

/** The widths that a layer makes of those that it is fed; what does not fit is refused with the names of both. */
export const fit = (
  layer: Pick<LayerSpec, "widths">,
  widths: readonly Width[],
  from: string,
): readonly Width[] => {
  try {
    return layer.widths(widths);
  } catch (error) {
    if (error instanceof Error && !error.message.includes(" from ")) error.message += ` from ${from}`;
    throw error;
  }
};
