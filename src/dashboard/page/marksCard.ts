import type { Mark } from "../pageMessage.ts";
import { type Card, card } from "./card.ts";
import { el } from "./el.ts";
import { formatCount, formatTime } from "./format.ts";

export interface MarksCard extends Card {
  draw(marks: readonly Mark[]): void;
}

const most = 50;

/** Drift and other things that happened, the latest first. */
export const marksCard = (): MarksCard => {
  const base = card("Drift and other marks");
  const list = el("ol", { class: "marks", tabindex: 0, "aria-label": "Drift and other marks" });
  base.body.append(list);
  let drawn: Mark | undefined;
  return {
    ...base,
    draw: (marks) => {
      const latest = marks.at(-1);
      if (latest === drawn) return;
      drawn = latest;
      base.now.textContent = String(marks.length);
      list.replaceChildren(
        ...marks
          .slice(-most)
          .reverse()
          .map(({ time, step, label, times }) =>
            el(
              "li",
              {},
              el("b", {}, times > 1 ? `${label} × ${times}` : label),
              el("span", { class: "when" }, `step ${formatCount(step)}, ${formatTime(time)}`),
            ),
          ),
      );
    },
  };
};
