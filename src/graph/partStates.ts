import { checkState, holdsVector, putState } from "../formats/putState.ts";
import { invalid } from "../math/invalid.ts";
import type { Part, PartState, Parts } from "./parts.ts";

/** What there is to save of parts, live: of those at work, and then what waits. */
export const partStates = ({ running, waiting }: Parts): readonly PartState[] => [
  ...Array.from(running, (part) => ({ source: part.source, state: part.get() })),
  ...waiting.map(({ source, state }) => ({ source, state })),
];

/** Refuses states that do not fit the parts at work. @throws InvalidInputError */
export const checkParts = (actor: string, { running }: Parts, states: readonly PartState[]): void => {
  if (states.length < running.size) {
    const expected = `states of the ${running.size} parts at work (${sources(running)})`;
    throw invalid(actor, expected, sources(states));
  }
  [...running].forEach((part, i) => {
    const { source, state } = states[i]!;
    if (source !== part.source) throw invalid(actor, `${part.source}, which is at work`, source);
    checkState(actor, `state of ${source}`, part.get(), state);
  });
};

/** Gives the parts at work states that were checked; those left over wait for parts to come. */
export const putParts = (actor: string, parts: Parts, states: readonly PartState[]): void => {
  [...parts.running].forEach((part, i) => {
    put(part, states[i]!);
  });
  parts.waiting = states.slice(parts.running.size).map((saved) => ({
    ...saved,
    resume: (part) => {
      if (saved.source !== part.source)
        throw invalid(actor, `${saved.source} to go on from its saved state`, part.source);
      checkState(actor, `state of ${saved.source}`, part.get(), saved.state);
      put(part, saved);
    },
  }));
};

/** Rules hold on to their states, which hold vectors; others are given a new one. */
const put = (part: Part, { state }: PartState): void => {
  const live = part.get();
  part.set(holdsVector(live) ? putState(live, state) : state);
};

const sources = (list: Iterable<{ readonly source: string }>): string =>
  Array.from(list, ({ source }) => source).join(", ") || "none";
