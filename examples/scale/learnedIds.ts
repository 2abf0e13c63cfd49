import type { MergeableFold } from "rxgrad";

export interface LearnedIds {
  /** How many different events were learned, and how often one was learned again. */
  readonly events: number;
  readonly again: number;
}

interface State {
  /** Where runs of ids begin and end, in ascending order: from, to, from, to … */
  readonly runs: number[];
  again: number;
}

/**
 * Counts which events were learned, exactly: ids that follow each other take no room. It travels with what was learned from them, so it
 * says what came into the weights, and not what somebody has read.
 */
export const learnedIds = <Event extends { readonly id: number }>(): MergeableFold<
  readonly Event[],
  LearnedIds,
  State
> => ({
  init: () => ({ runs: [], again: 0 }),
  step: (state, events) => {
    for (const { id } of events) state.again += add(state.runs, id, id + 1);
    return state;
  },
  read: ({ runs, again }) => {
    let events = 0;
    for (let i = 0; i < runs.length; i += 2) events += runs[i + 1]! - runs[i]!;
    return { events, again };
  },
  merge: (a, b) => {
    const both = { runs: [...a.runs], again: a.again + b.again };
    for (let i = 0; i < b.runs.length; i += 2) both.again += add(both.runs, b.runs[i]!, b.runs[i + 1]!);
    return both;
  },
});

/** Puts in the ids from `from` to below `to`, and answers how many of them were there already. */
const add = (runs: number[], from: number, to: number): number => {
  let first = 0;
  while (first < runs.length && runs[first + 1]! < from) first += 2;
  if (runs[first + 1] === from && !(runs[first + 2]! <= to)) {
    runs[first + 1] = to; // the usual case: the next one
    return 0;
  }
  let last = first;
  let known = 0;
  let [begin, end] = [from, to];
  for (; last < runs.length && runs[last]! <= to; last += 2) {
    known += Math.max(0, Math.min(to, runs[last + 1]!) - Math.max(from, runs[last]!));
    begin = Math.min(begin, runs[last]!);
    end = Math.max(end, runs[last + 1]!);
  }
  runs.splice(first, last - first, begin, end);
  return known;
};
