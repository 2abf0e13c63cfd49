import { Counter, Gauge, type Registry, register } from "prom-client";
import { invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { type Instrument, type InstrumentName, instruments, prometheusName } from "./instruments.ts";
import { type Cell, claim, commonLabels, type Labels, type Meter } from "./meter.ts";
import { metered } from "./metered.ts";
import { type LazyHistogram, prometheusHistogram } from "./prometheusHistogram.ts";
import type { Telemetry } from "./telemetry.ts";
import type { TelemetryOptions } from "./telemetryOptions.ts";

export interface PrometheusOptions extends TelemetryOptions {
  /** Where the metrics are collected: prom-client's own registry, unless told otherwise. */
  readonly registry?: Registry;
}

/**
 * Watches a model, and tells a registry of prom-client: metrics `rxgrad_…` with the label `model`. Several models share the
 * metrics of one registry; `close()` takes this one's series back, and the metrics when nobody is left. Gauges without a finite value are
 * not shown.
 * @throws InvalidInputError when the registry has other metrics of these names, or watches a model of this name.
 * @example
 * const watch = prometheus({ model: "fraud" });
 * batches$.pipe(watch.learning(prequential(net, { loss, optimizer })), checkpoint(net, { dir, ...watch.checkpoints })).subscribe();
 */
export const prometheus = (options: PrometheusOptions = {}): Telemetry => {
  knownOptions(actor, options, known);
  const { registry = register, model = "default", labels = {}, prefix = "rxgrad", limit = 100 } = options;
  const { now = () => performance.now(), today = () => Date.now() } = options;
  if (typeof registry?.registerMetric !== "function")
    throw invalid(actor, "a registry of prom-client", inWords(registry));
  whole(actor, "limit", limit);
  const common = commonLabels(actor, model, labels);
  return metered(actor, meterOf(registry, prefix, common), { limit, now, today });
};

const actor = "prometheus()";
const known = ["registry", "model", "labels", "prefix", "limit", "now", "today"] as const;

/** The metrics of a registry, and the series that models have there. */
interface Board {
  /** Names of the common labels. */
  readonly names: readonly string[];
  readonly claimed: Set<string>;
  readonly cells: ReadonlyMap<InstrumentName, Set<{ readonly labels: Labels; readonly cell: Cell }>>;
  readonly histograms: ReadonlyMap<InstrumentName, LazyHistogram>;
}

const boards = new WeakMap<Registry, Map<string, Board>>();

const meterOf = (registry: Registry, prefix: string, common: Labels): Meter => {
  const own = boards.get(registry) ?? new Map<string, Board>();
  boards.set(registry, own);
  const names = Object.keys(common).sort();
  const key = prometheusName(instruments.loss, prefix);
  const there = registry.getSingleMetric(key) ? own.get(key) : undefined; // or the registry was cleared
  const board = there ?? open(registry, prefix, names);
  if (board.names.join() !== names.join())
    throw invalid(
      actor,
      `labels ${board.names.join(", ")}, as other models of the registry have`,
      names.join(", "),
    );
  const release = claim(actor, board.claimed, common);
  own.set(key, board);
  const mine: (() => void)[] = [];
  let closed = false;
  return {
    cell: (instrument, labels = {}) => {
      const cell = { value: instruments[instrument].kind === "counter" ? 0 : Number.NaN };
      const all = board.cells.get(instrument)!;
      const series = { labels: { ...common, ...labels }, cell };
      if (!closed) all.add(series);
      mine.push(() => all.delete(series));
      return cell;
    },
    histogram: (instrument) => {
      const { observe, remove } = board.histograms.get(instrument)!.series({ ...common });
      mine.push(remove);
      return (value) => {
        if (!closed && Number.isFinite(value)) observe(value);
      };
    },
    close: () => {
      if (closed) return;
      closed = true;
      for (const remove of mine) remove();
      release();
      if (board.claimed.size > 0 || own.get(key) !== board) return;
      own.delete(key);
      for (const instrument of Object.values(instruments))
        registry.removeSingleMetric(prometheusName(instrument, prefix));
    },
  };
};

/** Registers all metrics, or none. */
const open = (registry: Registry, prefix: string, names: readonly string[]): Board => {
  const all = Object.entries(instruments) as [InstrumentName, Instrument][];
  const taken = all
    .map(([, one]) => prometheusName(one, prefix))
    .find((name) => registry.getSingleMetric(name));
  if (taken)
    throw invalid(
      actor,
      `a registry without ${taken}, or another prefix`,
      "one that has it from somebody else",
    );
  const cells = new Map<InstrumentName, Set<{ readonly labels: Labels; readonly cell: Cell }>>();
  const histograms = new Map<InstrumentName, LazyHistogram>();
  for (const [instrument, { kind, help, labels, buckets = [] }] of all) {
    const name = prometheusName(instruments[instrument], prefix);
    const settings = { name, help, labelNames: [...names, ...labels], registers: [registry] };
    if (kind === "histogram") {
      histograms.set(instrument, prometheusHistogram({ ...settings, buckets: [...buckets] }));
      continue;
    }
    const series = new Set<{ readonly labels: Labels; readonly cell: Cell }>();
    cells.set(instrument, series);
    const metric: Counter | Gauge =
      kind === "counter"
        ? new Counter({ ...settings, collect: () => show() })
        : new Gauge({ ...settings, collect: () => show() });
    const show = (): void => {
      metric.reset(); // a counter has the total of its cell, not what came since it was read
      for (const { labels: of, cell } of series) if (Number.isFinite(cell.value)) metric.inc(of, cell.value);
    };
  }
  return { names, claimed: new Set(), cells, histograms };
};
