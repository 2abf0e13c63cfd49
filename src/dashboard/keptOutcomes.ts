import { outcomesOf } from "./outcomesOf.ts";
import type { Outcomes } from "./pageMessage.ts";

/** The latest pairs of prediction and label. */
export interface KeptOutcomes {
  readonly all: Outcomes;
  /** Adds those of some steps; gives what is new. */
  add(scored: readonly unknown[]): Outcomes | undefined;
}

const most = 512;

export const keptOutcomes = (): KeptOutcomes => {
  let all: Outcomes = { pairs: [] };
  return {
    get all() {
      return all;
    },
    add: (scored) => {
      const seen = scored.flatMap((one) => outcomesOf(one) ?? []);
      const [first] = seen;
      if (!first) return undefined;
      const same = seen.filter(({ classes }) => classes === first.classes);
      const news = { ...first, pairs: same.flatMap(({ pairs }) => pairs).slice(-most) };
      const kept = all.classes === news.classes ? all.pairs : [];
      all = { ...news, pairs: [...kept, ...news.pairs].slice(-most) };
      return news;
    },
  };
};
