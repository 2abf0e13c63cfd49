import { type InstrumentName, instruments } from "./instruments.ts";
import type { Cell, Labels, Meter } from "./meter.ts";

/** The series of one instrument by the values of its labels. */
export type Family = (first: string, second?: string) => Cell;

/**
 * Finds series, and makes no more than `limit`: what names them can come from data, which must not fill the memory. Of a
 * counter the others are counted together, as "other"; of a gauge they are not told.
 */
export const family = (meter: Meter, instrument: InstrumentName, limit: number): Family => {
  const { kind, labels } = instruments[instrument];
  const found = new Map<string, Cell>();
  const labelled = (values: readonly string[]): Labels =>
    Object.fromEntries(labels.map((label, i) => [label, values[i] ?? ""]));
  let rest: Cell | undefined;
  const others = (): Cell =>
    (rest ??=
      kind === "counter"
        ? meter.cell(instrument, labelled(labels.map(() => "other")))
        : { value: Number.NaN });
  return (first, second) => {
    const key = second === undefined ? first : `${first}\n${second}`;
    const known = found.get(key);
    if (known) return known;
    if (found.size >= limit) return others();
    const made = meter.cell(instrument, labelled([first, second ?? ""]));
    found.set(key, made);
    return made;
  };
};
