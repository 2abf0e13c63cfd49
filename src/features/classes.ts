import type { Fold } from "../math/fold.ts";
import { invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { type VocabularyState, vocabulary } from "./vocabulary.ts";

/** What a class is called; 1, "1" and true are three. */
export type Label = string | number | boolean;

export interface ClassesOptions {
  /** How many classes there may be at a time: the width of the last layer. */
  readonly capacity: number;
  /** What happens to a new label when there is no room: it takes the place of the one not seen for longest, or gets none. */
  readonly full?: "evict" | "refuse";
}

export interface ClassesState {
  vocabulary: VocabularyState<Label>;
  /** The classes to which the last label gave a new meaning: one, or none. */
  renewed: number[];
}

/** Labels and the indices of their classes; as a fold, it reads the labels in the order of their indices. */
export interface Classes extends Fold<Label, readonly Label[], ClassesState> {
  readonly capacity: number;
  /** The class of a label, −1 if it has none. */
  indexOf(state: ClassesState, label: Label): number;
  /** The label of a class, undefined if it has none. */
  labelOf(state: ClassesState, index: number): Label | undefined;
}

/**
 * Class indices for labels that appear in mid-stream, first come first served. Its state is plain data, and holds no more
 * than `capacity` labels. When it is full, a new label is refused: it has no index; or it evicts the label that was not
 * seen for the longest time, whose index is then told as `renewed`.
 * @throws InvalidInputError on options that are none, and (when stepped) for labels that are not strings, finite numbers or booleans.
 */
export const classes = (options: ClassesOptions): Classes => {
  knownOptions(actor, options, ["capacity", "full"]);
  const { capacity, full = "refuse" } = options;
  whole(actor, "capacity", capacity);
  if (full !== "evict" && full !== "refuse")
    throw invalid(actor, '"evict" or "refuse" as full', inWords(full));
  const labels = vocabulary<Label>(capacity, { evict: full === "evict" });
  return {
    capacity,
    init: () => ({ vocabulary: labels.init(), renewed: [] }),
    step: (state, label) => {
      if (!isLabel(label))
        throw invalid(actor, "a string, a finite number or a boolean as label", inWords(label));
      state.renewed = labels.claim(state.vocabulary, label === 0 ? 0 : label) // −0, which JSON does not keep
        ? [state.vocabulary.newest]
        : [];
      return state;
    },
    read: (state) => [...state.vocabulary.keys],
    indexOf: (state, label) => labels.find(state.vocabulary, label),
    labelOf: (state, index) => state.vocabulary.keys[index],
  };
};

const actor = "classes()";

const isLabel = (label: unknown): label is Label =>
  typeof label === "number"
    ? Number.isFinite(label)
    : typeof label === "string" || typeof label === "boolean";
