import type { Labels } from "./meter.ts";

/** What every registry of metrics is told. */
export interface TelemetryOptions {
  /** Which model it is, among several in one registry: the label, or attribute, `model`. */
  readonly model?: string;
  /** More labels, the same for all series: `{ region: "eu" }`. */
  readonly labels?: Labels;
  /** What the names begin with. */
  readonly prefix?: string;
  /** How many series a metric may have that are named by data. */
  readonly limit?: number;
  /** Milliseconds, for durations, and milliseconds since 1970. */
  readonly now?: () => number;
  readonly today?: () => number;
}
