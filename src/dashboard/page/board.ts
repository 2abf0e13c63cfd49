import { type Decimated, decimated } from "../decimated.ts";
import type { Mark, Outcomes, PageHello, PageTick, Section } from "../pageMessage.ts";

/** A chart: lines by name, all over the same positions. */
export interface Chart {
  readonly section: Section;
  readonly title: string;
  readonly lines: Map<string, Decimated>;
}

/** Everything that the page knows; as bounded as what the server keeps. */
export interface Board {
  readonly charts: ReadonlyMap<string, Chart>;
  readonly time: Decimated;
  readonly step: Decimated;
  readonly marks: readonly Mark[];
  readonly outcomes: Outcomes;
  readonly last: PageTick | undefined;
  add(tick: PageTick): void;
}

const mostMarks = 200;
const mostPairs = 512;

/** Begins with what the server remembers, and folds what comes as it does. */
export const board = (hello: PageHello): Board => {
  const history = decimated(hello.capacity);
  const charts = new Map<string, Chart>();
  let marks = hello.last?.marks ?? [];
  let outcomes: Outcomes = hello.last?.outcomes ?? { pairs: [] };
  let last = hello.last;
  const chartOf = (section: Section, title: string): Chart => {
    const name = `${section}\n${title}`;
    const chart = charts.get(name) ?? { section, title, lines: new Map() };
    charts.set(name, chart);
    return chart;
  };
  for (const [section, title, line, saved] of hello.lines) chartOf(section, title).lines.set(line, saved);

  return {
    charts,
    time: hello.time,
    step: hello.step,
    get marks() {
      return marks;
    },
    get outcomes() {
      return outcomes;
    },
    get last() {
      return last;
    },
    add: (tick) => {
      const { at, time, step, readings } = tick;
      history.step(hello.time, { at, value: time });
      history.step(hello.step, { at, value: step });
      const values = new Map<Decimated, number>();
      for (const [section, title, line, value] of readings) {
        const { lines } = chartOf(section, title);
        const state = lines.get(line) ?? history.init();
        lines.set(line, state);
        values.set(state, value);
      }
      for (const { lines } of charts.values())
        for (const state of lines.values())
          history.step(state, { at, value: values.get(state) ?? Number.NaN });
      marks = [...marks, ...tick.marks].slice(-mostMarks);
      if (tick.outcomes) {
        const kept = tick.outcomes.classes === outcomes.classes ? outcomes.pairs : [];
        outcomes = { ...tick.outcomes, pairs: [...kept, ...tick.outcomes.pairs].slice(-mostPairs) };
      }
      const layers = tick.layers ?? last?.layers;
      last = layers ? { ...tick, layers } : tick;
    },
  };
};
