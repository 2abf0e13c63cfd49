import { checkState } from "../formats/putState.ts";
import { invalid } from "../math/invalid.ts";

/** Something at work on a model that keeps a state besides the weights: a rule, or metrics. */
export interface Part {
  /** What it is; a state is taken up by the same alone. */
  readonly source: string;
  /** Its state, live. */
  get(): unknown;
  /** Goes on from a state that {@link checkState} has passed. */
  set(saved: unknown): void;
}

/** A part as it was. */
export interface PartState {
  readonly source: string;
  readonly state: unknown;
}

/** The parts at work on a model, in the order in which they began, and the states that wait for those to come. */
export interface Parts {
  /**
   * Takes part, and first takes up the state that waits, if there is one; the function that it returns ends it.
   * @throws InvalidInputError when what waits is the state of something else.
   */
  join(part: Part): () => void;
  /** What there is to save, live: of the parts at work, and then what waits. */
  readonly states: readonly PartState[];
  /** Refuses states that do not fit the parts at work. @throws InvalidInputError */
  check(actor: string, states: readonly PartState[]): void;
  /** Gives the parts at work these states; those left over wait for parts to come. */
  put(states: readonly PartState[]): void;
}

/** No parts yet. */
export const parts = (): Parts => {
  const joined = new Set<Part>();
  let waiting: readonly PartState[] = [];
  const checkPart = (actor: string, part: Part, { source, state }: PartState): void => {
    if (source !== part.source) throw invalid(actor, `${part.source}, which is at work`, source);
    checkState(actor, `state of ${source}`, part.get(), state);
  };
  return {
    join: (part) => {
      const [first, ...rest] = waiting;
      if (first) {
        if (first.source !== part.source)
          throw invalid("load()", `${first.source} to go on from its saved state`, part.source);
        checkPart("load()", part, first);
        waiting = rest;
        part.set(first.state);
      }
      joined.add(part);
      return () => joined.delete(part);
    },
    get states() {
      return [...Array.from(joined, (part) => ({ source: part.source, state: part.get() })), ...waiting];
    },
    check: (actor, states) => {
      if (states.length < joined.size)
        throw invalid(
          actor,
          `states of the ${joined.size} parts at work (${sources(joined)})`,
          sources(states),
        );
      [...joined].forEach((part, i) => {
        checkPart(actor, part, states[i]!);
      });
    },
    put: (states) => {
      [...joined].forEach((part, i) => {
        part.set(states[i]!.state);
      });
      waiting = states.slice(joined.size);
    },
  };
};

const sources = (list: Iterable<{ readonly source: string }>): string =>
  Array.from(list, ({ source }) => source).join(", ") || "none";
