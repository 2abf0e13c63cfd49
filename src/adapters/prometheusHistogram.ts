import { Histogram, type HistogramConfiguration } from "prom-client";
import { type Buckets, bucketsOf } from "./buckets.ts";
import type { Labels } from "./meter.ts";

/** A histogram whose series are counted outside of it. */
export interface LazyHistogram {
  /** Begins a series, until it is removed. */
  series(labels: Labels): { readonly observe: Buckets["observe"]; remove(): void };
}

/**
 * A histogram of prom-client that counts in arrays of numbers, and writes them down when it is read: its own `observe` makes a text
 * of all labels each time, which costs more than all else that is told of a step.
 */
export const prometheusHistogram = (
  settings: HistogramConfiguration<string> & { readonly buckets: number[] },
): LazyHistogram => {
  const all = new Map<Labels, Buckets>();
  const { name, help, buckets } = settings;
  const values = () =>
    [...all].flatMap(([labels, { counts, sum }]) => {
      let below = 0;
      const line = (metricName: string, value: number, le?: number | string) => ({
        ...{ metricName, value },
        labels: le === undefined ? { ...labels } : { ...labels, le },
      });
      const lines = buckets.map((bound, i) => {
        below += counts[i]!;
        return line(`${name}_bucket`, below, bound);
      });
      const count = below + counts[buckets.length]!;
      const rest = [
        line(`${name}_bucket`, count, "+Inf"),
        line(`${name}_sum`, sum),
        line(`${name}_count`, count),
      ];
      return count === 0 ? [] : [...lines, ...rest];
    });
  const get = async () => ({ name, help, type: "histogram", aggregator: "sum", values: values() });
  Object.assign(new Histogram(settings), { get, getForPromString: get });
  return {
    series: (labels) => {
      const counted = bucketsOf(buckets);
      all.set(labels, counted);
      return {
        observe: counted.observe,
        remove: () => {
          all.delete(labels);
        },
      };
    },
  };
};
