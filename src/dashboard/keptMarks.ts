import type { Mark } from "./pageMessage.ts";

/** The latest marks. */
export interface KeptMarks {
  readonly all: readonly Mark[];
  add(label: string, step: number): void;
  /** What has come since it was asked before; the same word twice is one mark. */
  take(): readonly Mark[];
}

const most = 200;
const mostAtOnce = 20;

export const keptMarks = (): KeptMarks => {
  let all: readonly Mark[] = [];
  let fresh = new Map<string, Mark>();
  return {
    get all() {
      return all;
    },
    add: (label, step) => {
      const known = fresh.get(label);
      if (known) fresh.set(label, { ...known, times: known.times + 1 });
      else if (fresh.size < mostAtOnce) fresh.set(label, { time: Date.now(), step, label, times: 1 });
    },
    take: () => {
      const news = [...fresh.values()];
      if (news.length === 0) return news;
      fresh = new Map();
      all = [...all, ...news].slice(-most);
      return news;
    },
  };
};
