import type { PageHello } from "../pageMessage.ts";
import type { Board } from "./board.ts";
import { type Axis, type ChartCard, chartCard } from "./chartCard.ts";
import type { Controls } from "./controls.ts";
import { graphCard } from "./graphCard.ts";
import { histogramCard } from "./histogramCard.ts";
import { marksCard } from "./marksCard.ts";
import { outcomesCard } from "./outcomesCard.ts";
import type { Theme } from "./theme.ts";

/** The cards of one run. */
export interface Sections {
  draw(axis: Axis, flowing: boolean): void;
  repaint(): void;
  destroy(): void;
}

/** Puts a card on the page once it has something to show. */
export const sections = (
  { metrics, layers, machine }: Controls,
  { graph }: PageHello,
  board: Board,
  theme: Theme,
): Sections => {
  const places = { metrics, layers, machine };
  const charts = new Map<string, ChartCard>();
  const outcomes = outcomesCard(theme);
  const marks = marksCard();
  const flow = graph && graphCard(graph, theme);
  const spreads = graph && histogramCard(graph);

  /** Where a card stands: the loss first, what is not a chart after the charts that are there from the start. */
  const rankOf = (title: string): string => (title === "loss" ? "0" : title === "learning rate" ? "2" : "1");
  const put = (place: HTMLElement, root: HTMLElement, rank: string): void => {
    if (root.isConnected) return;
    root.dataset.rank = rank;
    const next = [...place.children].find((other) => ((other as HTMLElement).dataset.rank ?? "") > rank);
    place.insertBefore(root, next ?? null);
    place.closest("section")!.hidden = false;
  };
  return {
    draw: (axis, flowing) => {
      for (const [name, chart] of board.charts) {
        const own = charts.get(name) ?? chartCard(chart, theme);
        charts.set(name, own);
        put(places[chart.section], own.root, chart.section === "layers" ? "1" : rankOf(chart.title));
        own.draw(board, axis);
      }
      if (flow) {
        put(layers, flow.root, "0");
        flow.draw(board.last?.layers, flowing);
      }
      if (board.outcomes.pairs.length > 0) {
        put(metrics, outcomes.root, "3");
        outcomes.draw(board.outcomes);
      }
      if (board.marks.length > 0) {
        put(metrics, marks.root, "4");
        marks.draw(board.marks);
      }
      if (spreads && board.last?.layers) {
        put(layers, spreads.root, "2");
        spreads.draw(board.last.layers);
      }
    },
    repaint: () => {
      for (const chart of charts.values()) chart.repaint();
    },
    destroy: () => {
      for (const chart of charts.values()) chart.destroy();
      for (const place of Object.values(places)) {
        place.replaceChildren();
        place.closest("section")!.hidden = true;
      }
    },
  };
};
