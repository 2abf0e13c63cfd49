import type { Outcomes } from "../pageMessage.ts";
import { type Card, card } from "./card.ts";
import { classScores } from "./classScores.ts";
import { confusionTable } from "./confusionTable.ts";
import { download } from "./download.ts";
import { scatter } from "./scatter.ts";
import { svgFile } from "./svgFile.ts";
import type { Theme } from "./theme.ts";

export interface OutcomesCard extends Card {
  draw(outcomes: Outcomes): void;
}

type Pairs = Outcomes["pairs"];

/** What was predicted against what came true: points for numbers, spread scores for two classes, a table for several. */
export const outcomesCard = (theme: Theme): OutcomesCard => {
  const base = card("Predictions against labels", {
    SVG: () => {
      const drawing = base.body.querySelector("svg");
      if (drawing) download("predictions", "image/svg+xml", svgFile(drawing, theme.color("card")));
    },
    CSV: () => {
      const rows = shown.pairs.map(([target, prediction]) => `${target},${prediction}\r\n`);
      download("predictions", "text/csv", `label,prediction\r\n${rows.join("")}`);
    },
  });
  let shown: Outcomes = { pairs: [] };
  return {
    ...base,
    draw: (outcomes) => {
      shown = outcomes;
      const { pairs, classes } = outcomes;
      base.now.textContent = `last ${pairs.length}`;
      base.body.replaceChildren(
        ...(classes ? confusionTable(pairs, classes) : isBinary(pairs) ? classScores(pairs) : scatter(pairs)),
      );
    },
  };
};

/** Labels of two classes in one column: 0 and 1, or −1 and 1. */
const isBinary = (pairs: Pairs): boolean =>
  pairs.every(([target]) => target === 0 || target === 1) ||
  pairs.every(([target]) => Math.abs(target) === 1);
