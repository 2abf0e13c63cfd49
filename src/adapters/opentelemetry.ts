import {
  type Meter as Collector,
  type MeterProvider,
  metrics,
  type Observable as Observed,
} from "@opentelemetry/api";
import { invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { type Instrument, type InstrumentName, instruments, openTelemetryName } from "./instruments.ts";
import { type Cell, claim, commonLabels, type Labels, type Meter } from "./meter.ts";
import { metered } from "./metered.ts";
import type { Telemetry } from "./telemetry.ts";
import type { TelemetryOptions } from "./telemetryOptions.ts";

export interface OpenTelemetryOptions extends TelemetryOptions {
  /** Where the metrics go: the global provider, unless told otherwise. Set that before this is called. */
  readonly provider?: MeterProvider;
}

/**
 * Watches a model, and tells a meter of OpenTelemetry: instruments `rxgrad.…` with the attribute `model`. Counters and gauges are read
 * when a reader collects, and cost a step nothing else; after `close()` they are not read any more. Gauges without a finite value are
 * not told.
 * @throws InvalidInputError when a model of this name is watched already.
 * @example
 * const watch = opentelemetry({ provider: new MeterProvider({ readers: [reader] }), model: "fraud" });
 * batches$.pipe(train(net, { loss, optimizer }), watch.steps()).subscribe();
 */
export const opentelemetry = (options: OpenTelemetryOptions = {}): Telemetry => {
  knownOptions(actor, options, known);
  const { provider = metrics.getMeterProvider(), model = "default", labels = {} } = options;
  const { prefix = "rxgrad", limit = 100 } = options;
  const { now = () => performance.now(), today = () => Date.now() } = options;
  if (typeof provider?.getMeter !== "function")
    throw invalid(actor, "a MeterProvider of OpenTelemetry", inWords(provider));
  whole(actor, "limit", limit);
  const common = commonLabels(actor, model, labels);
  return metered(actor, meterOf(provider, prefix, common), { limit, now, today });
};

const actor = "opentelemetry()";
const known = ["provider", "model", "labels", "prefix", "limit", "now", "today"] as const;

const claims = new WeakMap<MeterProvider, Map<string, Set<string>>>();

const meterOf = (provider: MeterProvider, prefix: string, common: Labels): Meter => {
  const claimed = claims.get(provider) ?? new Map<string, Set<string>>();
  claims.set(provider, claimed);
  const here = claimed.get(prefix) ?? new Set<string>();
  claimed.set(prefix, here);
  const release = claim(actor, here, common);
  const collector = provider.getMeter("rxgrad");
  const observed = observables(collector, prefix);
  const series: { readonly of: Observed; readonly labels: Labels; readonly cell: Cell }[] = [];
  const told: Parameters<Collector["addBatchObservableCallback"]>[0] = (result) => {
    for (const { of, labels, cell } of series)
      if (Number.isFinite(cell.value)) result.observe(of, cell.value, labels);
  };
  const all = [...observed.values()];
  collector.addBatchObservableCallback(told, all);
  let closed = false;
  return {
    cell: (instrument, labels = {}) => {
      const cell = { value: instruments[instrument].kind === "counter" ? 0 : Number.NaN };
      series.push({ of: observed.get(instrument)!, labels: { ...common, ...labels }, cell });
      return cell;
    },
    histogram: (instrument) => {
      const one: Instrument = instruments[instrument];
      const { buckets = [], help: description, unit } = one;
      const histogram = collector.createHistogram(openTelemetryName(one, prefix), {
        ...{ description, unit },
        advice: { explicitBucketBoundaries: [...buckets] },
      });
      return (value) => {
        if (!closed && Number.isFinite(value)) histogram.record(value, common);
      };
    },
    close: () => {
      closed = true;
      collector.removeBatchObservableCallback(told, all);
      release();
    },
  };
};

const observables = (collector: Collector, prefix: string): ReadonlyMap<InstrumentName, Observed> => {
  const made = new Map<InstrumentName, Observed>();
  for (const [instrument, one] of Object.entries(instruments) as [InstrumentName, Instrument][]) {
    const { kind, help: description, unit } = one;
    if (kind === "histogram") continue;
    const name = openTelemetryName(one, prefix);
    made.set(
      instrument,
      kind === "counter"
        ? collector.createObservableCounter(name, { description, unit })
        : collector.createObservableGauge(name, { description, unit }),
    );
  }
  return made;
};
