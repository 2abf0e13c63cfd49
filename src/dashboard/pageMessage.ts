import type { Description } from "../graph/describe.ts";
import type { Decimated } from "./decimated.ts";
import type { Histogram } from "./histogram.ts";

/** Where a number is shown: with what is measured, with the machine, or with the layers. */
export type Section = "metrics" | "machine" | "layers";

/** A number with its place on the page: a chart, and a line of it. */
export type Reading = readonly [section: Section, chart: string, line: string, value: number];

/** What a line has been until now. */
export type SavedLine = readonly [section: Section, chart: string, line: string, history: Decimated];

/** Something that happened, as a vertical line in the charts. */
export interface Mark {
  readonly time: number;
  readonly step: number;
  readonly label: string;
  /** How often, from one look to the next. */
  readonly times: number;
}

/** What was predicted and what came true, row by row; with `classes`, both are the index of a class. */
export interface Outcomes {
  readonly classes?: number;
  readonly pairs: readonly (readonly [target: number, prediction: number])[];
}

/** What one layer did with one batch: root mean squares of what it answered and of the gradient of that, and how they are spread. */
export interface LayerView {
  readonly value?: number;
  readonly gradient?: number;
  readonly weights?: Histogram;
  readonly values?: Histogram;
  readonly gradients?: Histogram;
}

/** One look at the stream. */
export interface PageTick {
  readonly at: number;
  /** Milliseconds since 1970; steps and rows since the start. */
  readonly time: number;
  readonly step: number;
  readonly rows: number;
  readonly readings: readonly Reading[];
  readonly marks: readonly Mark[];
  /** Whether learning is paused. */
  readonly paused: boolean;
  readonly outcomes?: Outcomes;
  /** By node of the graph, without input and output. */
  readonly layers?: readonly LayerView[];
}

/** What a page is told first. */
export interface PageHello {
  readonly title: string;
  /** Milliseconds from look to look. */
  readonly every: number;
  readonly started: number;
  readonly capacity: number;
  readonly canPause: boolean;
  readonly graph?: Description;
  readonly time: Decimated;
  readonly step: Decimated;
  readonly lines: readonly SavedLine[];
  /** The marks that are kept, and the latest of what comes at a tick. */
  readonly last?: PageTick;
}

/** What a page is told last. */
export interface PageEnd {
  readonly reason: "complete" | "error" | "stopped";
  readonly message?: string;
}
