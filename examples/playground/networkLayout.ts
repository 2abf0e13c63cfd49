/** Where a neuron stands: its middle. Layer 0 are the inputs. */
export interface Place {
  readonly layer: number;
  readonly unit: number;
  readonly x: number;
  readonly y: number;
}

/** A weight, from a neuron to one of the next layer; row and column are those of its matrix. */
export interface Link {
  /** Which matrix of weights: 0 leads from the inputs to the first layer. */
  readonly layer: number;
  readonly row: number;
  readonly column: number;
  /** The curve of SVG from one to the other. */
  readonly path: string;
}

export interface NetworkLayout {
  /** How wide and high a neuron is. */
  readonly size: number;
  readonly places: readonly Place[];
  readonly links: readonly Link[];
  /** The middle of each layer. */
  readonly columns: readonly number[];
}

/** Places layers from left to right and their neurons one below the other, in so much space below `top`. */
export const networkLayout = (
  widths: readonly number[],
  width: number,
  height: number,
  top: number,
): NetworkLayout => {
  const most = Math.max(...widths);
  const pitch = (height - top) / most;
  const size = Math.max(14, Math.min(40, pitch - 8, (0.55 * width) / widths.length));
  const step = (width - size) / Math.max(1, widths.length - 1);
  const columns = widths.map((_, layer) => size / 2 + layer * step);
  const places = widths.flatMap((count, layer) =>
    Array.from({ length: count }, (_, unit) => ({
      layer,
      unit,
      x: columns[layer]!,
      y: top + (height - top) / 2 + (unit - (count - 1) / 2) * Math.min(pitch, size + 26),
    })),
  );
  const at = (layer: number, unit: number): Place =>
    places.find((place) => place.layer === layer && place.unit === unit)!;
  const links = widths.slice(1).flatMap((count, layer) =>
    Array.from({ length: widths[layer]! * count }, (_, i): Link => {
      const [row, column] = [Math.floor(i / count), i % count];
      return { layer, row, column, path: curve(at(layer, row), at(layer + 1, column), size / 2) };
    }),
  );
  return { size, places, links, columns };
};

const curve = (from: Place, to: Place, half: number): string => {
  const [x0, x1] = [from.x + half, to.x - half];
  const bend = x0 + (x1 - x0) / 2;
  const [y0, y1] = [from.y, to.y].map((y) => y.toFixed(1));
  return `M${x0.toFixed(1)} ${y0}C${bend.toFixed(1)} ${y0} ${bend.toFixed(1)} ${y1} ${x1.toFixed(1)} ${y1}`;
};
