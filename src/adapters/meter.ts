import { type InvalidInputError, invalid } from "../math/invalid.ts";
import type { InstrumentName } from "./instruments.ts";

export type Labels = Readonly<Record<string, string>>;

/** A number that is collected when somebody asks for it: the total of a counter, or where a gauge stands. Not finite is nothing to tell. */
export interface Cell {
  value: number;
}

/** Where numbers go: to one model's series in a registry of metrics. */
export interface Meter {
  /** A series of a counter or a gauge. Labels are those that the instrument has of its own. */
  cell(instrument: InstrumentName, labels?: Labels): Cell;
  /** A series of a histogram: takes one finite value. */
  histogram(instrument: InstrumentName): (value: number) => void;
  /** Takes back all series of this meter. */
  close(): void;
}

/** Labels that are the same for all series, in the form that every registry takes. @throws InvalidInputError */
export const commonLabels = (actor: string, model: string, labels: Labels): Labels => {
  const common: Record<string, string> = { model };
  for (const [name, value] of Object.entries(labels)) {
    const clean = name.replace(/[^a-zA-Z0-9_]/g, "_").replace(/^(?=\d)/, "_");
    if (taken.has(clean) || clean in common) throw refusal(actor, name);
    common[clean] = String(value);
  }
  return common;
};

/** Labels of the instruments themselves, and of Prometheus. */
const taken = new Set(
  "le quantile reason metric baseline decision level action queue outcome parameter".split(" "),
);

const refusal = (actor: string, name: string): InvalidInputError =>
  invalid(actor, "labels of other names than those that the metrics have", JSON.stringify(name));

/** One model is watched once: two who write the same series would contradict each other. @throws InvalidInputError */
export const claim = (actor: string, claimed: Set<string>, common: Labels): (() => void) => {
  const key = JSON.stringify(Object.entries(common).sort());
  if (claimed.has(key))
    throw invalid(
      actor,
      "a model that is not watched yet: give each a name of its own (model), or close() the other",
      `${JSON.stringify(common.model)} twice`,
    );
  claimed.add(key);
  return () => void claimed.delete(key);
};
