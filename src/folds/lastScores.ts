import type { Fold } from "../math/fold.ts";
import { invalid, whole } from "../math/invalid.ts";
import { oneColumn } from "./oneColumn.ts";
import type { Scored } from "./scored.ts";

export interface LastScores {
  /** The last rows, in a ring; `next` is where the oldest is. */
  scores: number[];
  positive: boolean[];
  weights: number[];
  next: number;
  /** Places in the ring, by rising score. */
  order: number[];
}

/** All of a fold but how it is read: the last rows, of one column each, kept in the order of their scores. */
export const lastScores = (
  actor: string,
  window: number,
): Pick<Fold<Scored, never, LastScores>, "init" | "step"> => {
  whole(actor, "window", window);
  return {
    init: () => ({ scores: [], positive: [], weights: [], next: 0, order: [] }),
    step: (state, scored) => {
      oneColumn(actor, scored);
      const { prediction, target, weight } = scored;
      for (let i = 0; i < prediction.rows; i++) {
        const score = prediction.data[i]!;
        if (Number.isNaN(score)) throw invalid(actor, "scores that can be ordered", `NaN in row ${i}`);
        push(state, window, score, target.data[i]! > 0.5, weight ? weight.data[i]! : 1);
      }
      return state;
    },
  };
};

/** Takes a row in, and out the one that leaves the window. */
const push = (state: LastScores, window: number, score: number, positive: boolean, weight: number): void => {
  const { scores, order, next: k } = state;
  if (scores.length === window) {
    let i = firstNotBelow(state, scores[k]!);
    while (order[i] !== k) i++;
    order.splice(i, 1);
  }
  scores[k] = score;
  state.positive[k] = positive;
  state.weights[k] = weight;
  state.next = (k + 1) % window;
  order.splice(firstNotBelow(state, score), 0, k);
};

/** Where in the order a score belongs: before the first that is not below it. */
const firstNotBelow = ({ order, scores }: LastScores, score: number): number => {
  let from = 0;
  let to = order.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (scores[order[middle]!]! < score) from = middle + 1;
    else to = middle;
  }
  return from;
};
