import { metrics } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import { Registry } from "prom-client";
import { opentelemetry } from "rxgrad/opentelemetry";
import { prometheus, type Telemetry } from "rxgrad/prometheus";
import { of } from "rxjs";
import { expect, it } from "vitest";
import { exported } from "../support/exported.ts";
import { scraped } from "../support/scraped.ts";

const collecting = () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const read = async () => {
    await provider.forceFlush();
    return exported(exporter);
  };
  return { provider, exporter, read };
};

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e6 });
/** Histograms of OpenTelemetry take nothing below zero. */
const loss = fc.oneof(finite, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY));
const count = fc.nat({ max: 50 });
const word = fc.constantFrom("a", "b c", 'd"e', "f\\g");
type Event = (watch: Telemetry) => void;
const telling =
  (step: object): Event =>
  (watch) =>
    void of(step).pipe(watch.steps<object>()).subscribe();

const events: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ loss, size: count, metrics: fc.dictionary(word, fc.double()) }).map(telling),
  fc.record({ loss: finite, drift: fc.constantFrom("none", "warning", "drift"), adapted: word }).map(telling),
  fc.record({ loss: finite, validationLoss: fc.double(), version: count, promotion: word }).map(telling),
  fc
    .record({ refused: count, rollBacks: count, rate: finite, limit: fc.double() })
    .map((guard) => telling({ loss: 1, guard })),
  fc.record({ depth: count, peak: count, received: count, delivered: count, dropped: count }).map(
    (load): Event =>
      (watch) =>
        watch.load(load),
  ),
  word.map(
    (name): Event =>
      (watch) =>
        watch.refused(0, Object.assign(new Error("no"), { name })),
  ),
  fc.constant((watch: Telemetry) => watch.checkpoints.errors.next(new Error("full"))),
  fc.constant((watch: Telemetry) => watch.checkpoints.written.next({ path: "a", position: 0 })),
);

it("opentelemetry() and prometheus() tell the same numbers of the same events", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(events, { maxLength: 60 }), async (all) => {
      const registry = new Registry();
      const { provider, read } = collecting();
      const options = { model: "m", labels: { region: "eu" }, limit: 3, today: () => 7000 };
      const watches = [prometheus({ ...options, registry }), opentelemetry({ ...options, provider })];
      for (const watch of watches) for (const event of all) event(watch);
      const theirs = new Map(
        [...(await read())].map(([name, value]) => [
          name.replaceAll("\\", "\\\\").replaceAll('d"e', 'd\\"e'),
          value,
        ]),
      );
      const ours = new Map(scraped(await registry.metrics()));
      for (const [name, value] of ours) if (!theirs.has(name) && value === 0) ours.delete(name); // an empty histogram, which only one of them shows
      expect(new Map([...theirs].sort())).toEqual(new Map([...ours].sort()));
      await provider.shutdown();
    }),
    { numRuns: 40, seed: 7 },
  );
});

it("opentelemetry() names instruments, units and descriptions", async () => {
  const { provider, exporter, read } = collecting();
  const watch = opentelemetry({ provider, model: "a" });
  of({ loss: 1, size: 2 }).pipe(watch.steps()).subscribe();
  await read();
  const [scope] = exporter.getMetrics().at(-1)!.scopeMetrics;
  expect(scope!.scope.name).toBe("rxgrad");
  const rows = scope!.metrics.find(({ descriptor }) => descriptor.name === "rxgrad.rows.learned")!;
  expect(rows.descriptor).toMatchObject({ unit: "{row}", description: "Rows of these batches" });
  expect(rows.dataPoints).toMatchObject([{ attributes: { model: "a" }, value: 2 }]);
});

it("opentelemetry() tells of several models by attribute, refuses one twice, and is not read any more once closed", async () => {
  const { provider, read } = collecting();
  const a = opentelemetry({ provider, model: "a" });
  const b = opentelemetry({ provider, model: "b" });
  expect(() => opentelemetry({ provider, model: "a" })).toThrow('got "a" twice');
  of({ loss: 1 }).pipe(a.steps()).subscribe();
  of({ loss: 2 }).pipe(b.steps()).subscribe();
  const both = await read();
  expect([both.get('rxgrad_loss{model="a"}'), both.get('rxgrad_loss{model="b"}')]).toEqual([1, 2]);
  expect([both.get('rxgrad_steps_total{model="a"}'), both.get('rxgrad_steps_total{model="b"}')]).toEqual([
    1, 1,
  ]);
  a.close();
  of({ loss: 3 }).pipe(a.steps()).subscribe();
  of({ loss: 4 }).pipe(b.steps()).subscribe();
  const one = await read();
  expect(one.get('rxgrad_step_loss_count{model="a"}')).toBe(1);
  expect([one.get('rxgrad_steps_total{model="b"}'), one.get('rxgrad_loss{model="b"}')]).toEqual([2, 4]);
  expect(one.get('rxgrad_loss{model="a"}')).not.toBe(3);
  opentelemetry({ provider, model: "a" }).close();
});

it("opentelemetry() finds the global provider", async () => {
  const { provider, read } = collecting();
  metrics.setGlobalMeterProvider(provider);
  try {
    const watch = opentelemetry();
    of({ loss: 5 }).pipe(watch.steps()).subscribe();
    expect((await read()).get('rxgrad_loss{model="default"}')).toBe(5);
  } finally {
    metrics.disable();
  }
  expect(() => opentelemetry({ provider: {} as MeterProvider })).toThrow("expects a MeterProvider");
});
