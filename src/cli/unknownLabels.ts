import type { Label } from "../features/classes.ts";
import type { OpenModel } from "./openModel.ts";

/** Rows whose labels a model does not know, and which it cannot answer rightly. */
export interface Unknown {
  readonly rows: number;
  /** The first twenty. */
  readonly labels: readonly Label[];
  /** Where the first row stands. */
  readonly first: string | null;
}

/** What counts rows with unknown labels. */
export interface UnknownLabels {
  see(where: string, truth: Label): void;
  read(): Unknown;
}

/** Counts the labels that a model does not know, as it is now. A regressor knows all numbers. */
export const unknownLabels = ({ recipe, learner }: Pick<OpenModel, "recipe" | "learner">): UnknownLabels => {
  const known = new Set(learner.labels());
  const labels = new Set<Label>();
  let rows = 0;
  let first: string | null = null;
  return {
    see: (where, truth) => {
      if (recipe.task === "regression" || known.has(truth)) return;
      rows++;
      first ??= where;
      if (labels.size < 20) labels.add(truth);
    },
    read: () => ({ rows, labels: [...labels], first }),
  };
};

/** What a person is to be told of unknown labels, in one line; none where there are none. */
export const unknownInLines = ({ rows, labels, first }: Unknown): readonly string[] => {
  if (rows === 0) return [];
  const shown = labels.slice(0, 5).map((label) => JSON.stringify(label));
  const some = [...shown, ...(labels.length > shown.length ? ["…"] : [])].join(", ");
  return [
    rows === 1
      ? `1 row has a label that the model does not know, ${some}: ${first}`
      : `${rows} rows have labels that the model does not know, ${some}; the first is ${first}`,
  ];
};

/** How rows with unknown labels are scored, to stand below the scores. */
export const unknownScored = ({ rows }: Unknown): string =>
  rows === 0
    ? ""
    : `Of these, ${rows} with labels that the model does not know: wrong for accuracy and\nkappa, left out of balanced accuracy and log loss.\n`;
