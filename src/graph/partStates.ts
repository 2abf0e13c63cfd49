import { checkState, holdsVector, putState } from "../formats/putState.ts";
import { invalid } from "../math/invalid.ts";
import { isStateOf, type Part, type PartState, type Parts } from "./parts.ts";

/** What there is to save of parts, live: of those at work, and then what waits. */
export const partStates = ({ running, waiting }: Parts): readonly PartState[] => [
  ...Array.from(running, (part) => ({ source: part.source, state: part.get() })),
  ...waiting.map(({ source, state }) => ({ source, state })),
];

/** Refuses states that do not fit the parts at work. @throws InvalidInputError */
export const checkParts = (actor: string, { running }: Parts, states: readonly PartState[]): void => {
  for (const [part, saved] of pairsOf(running, states)) {
    if (!saved) {
      const needed = [...running].filter(({ optional }) => !optional);
      const expected = `states of the ${needed.length} parts at work (${sources(needed)})`;
      throw invalid(actor, expected, sources(states));
    }
    const { source, state } = saved;
    if (source !== part.source) throw invalid(actor, `${part.source}, which is at work`, source);
    checkState(actor, `state of ${source}`, part.get(), state);
  }
};

/** Gives the parts at work states that were checked; those left over wait for parts to come. */
export const putParts = (actor: string, parts: Parts, states: readonly PartState[]): void => {
  const pairs = pairsOf(parts.running, states);
  for (const [part, saved] of pairs) put(part, saved!);
  parts.waiting = states.slice(pairs.length).map((saved) => ({
    ...saved,
    resume: (part) => {
      if (saved.source !== part.source)
        throw invalid(actor, `${saved.source} to go on from its saved state`, part.source);
      checkState(actor, `state of ${saved.source}`, part.get(), saved.state);
      put(part, saved);
    },
  }));
};

/** Each part at work with its state, undefined when there are too few; those that may lack one, and do, are left out. */
const pairsOf = (
  running: Parts["running"],
  states: readonly PartState[],
): readonly (readonly [Part, PartState | undefined])[] => {
  let i = 0;
  return [...running].flatMap((part) => {
    const saved = states[i];
    if (saved ? !isStateOf(saved, part) : part.optional) return [];
    i++;
    return [[part, saved] as const];
  });
};

/** Rules hold on to their states, which hold vectors; others are given a new one. */
const put = (part: Part, { state }: PartState): void => {
  const live = part.get();
  part.set(holdsVector(live) ? putState(live, state) : state);
};

const sources = (list: Iterable<{ readonly source: string }>): string =>
  Array.from(list, ({ source }) => source).join(", ") || "none";
