import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AggregatorRegistry, Counter, Registry } from "prom-client";
import {
  accuracy,
  activations$,
  adapting,
  alertOnly,
  backpressure,
  binaryCrossentropy,
  chain,
  dense,
  guard,
  joinLabels,
  type Load,
  matrix,
  meanSquaredError,
  minibatch,
  model,
  prequential,
  random,
  sgd,
  train,
  withBaselines,
  withFolds,
} from "rxgrad";
import { prometheus } from "rxgrad/prometheus";
import { EMPTY, from, NEVER, of, Subject, throwError } from "rxjs";
import { afterEach, expect, it, vi } from "vitest";
import { instruments, prometheusName } from "../../src/adapters/instruments.ts";
import { operatorLaws } from "../laws/operator.ts";
import { scraped } from "../support/scraped.ts";

operatorLaws("prometheus().steps()", {
  operator: () => prometheus({ registry: new Registry() }).steps<{ readonly loss: number }>(),
  items: [{ loss: 1 }, { loss: 2 }, { loss: 3 }],
  expected: (all) => all,
});
operatorLaws("prometheus().predictions()", {
  operator: () => prometheus({ registry: new Registry() }).predictions<ReturnType<typeof matrix>>(),
  items: [matrix([[1]]), matrix([[2]])],
  expected: (all) => all,
});

afterEach(() => vi.restoreAllMocks());

const batchesOf = (count: number, seed = 1) => {
  const rng = random(seed);
  return Array.from({ length: count }, () => {
    const x = Array.from({ length: 4 }, () => [rng.normal(), rng.normal()]);
    return { x: matrix(x), y: matrix(x.map(([a, b]) => [a! > b! ? 1 : 0])) };
  });
};
const plan = chain(dense(2, 3, { activation: "tanh" }), dense(3, 1, { activation: "sigmoid" }));
const read = async (registry: Registry) => scraped(await registry.metrics());

it("prometheus() tells of steps, rows, losses, metrics beside baselines, and of nothing that there is not", async () => {
  const registry = new Registry();
  const watch = prometheus({ registry, model: "fraud", labels: { region: "eu" } });
  const metrics = { accuracy: withBaselines(accuracy()), plain: accuracy() };
  const losses: number[] = [];
  let last:
    | { readonly plain: number; readonly accuracy: { readonly model: number; readonly noChange: number } }
    | undefined;
  from(batchesOf(20))
    .pipe(
      prequential(model(plan, { seed: 1 }), { loss: binaryCrossentropy(), optimizer: sgd(0.1), metrics }),
      watch.steps(),
    )
    .subscribe((step) => {
      losses.push(step.loss);
      last = step.metrics;
    });
  const found = await read(registry);
  const all = 'model="fraud",region="eu"';
  expect(found.get(`rxgrad_steps_total{${all}}`)).toBe(20);
  expect(found.get(`rxgrad_rows_learned_total{${all}}`)).toBe(80);
  expect(found.get(`rxgrad_loss{${all}}`)).toBe(losses.at(-1));
  expect(found.get(`rxgrad_step_loss_count{${all}}`)).toBe(20);
  expect(found.get(`rxgrad_step_loss_sum{${all}}`)).toBeCloseTo(
    losses.reduce((a, b) => a + b),
    10,
  );
  expect(found.get(`rxgrad_step_loss_bucket{le="0.3",${all}}`)).toBe(losses.filter((l) => l <= 0.3).length);
  expect(found.get(`rxgrad_metric{metric="plain",${all}}`)).toBe(last!.plain);
  expect(found.get(`rxgrad_metric{metric="accuracy",${all}}`)).toBe(last!.accuracy.model);
  expect(found.get(`rxgrad_baseline{baseline="noChange",metric="accuracy",${all}}`)).toBe(
    last!.accuracy.noChange,
  );
  expect(
    [...found.keys()].filter((name) => /guard_rate|validation|checkpoint_time|version|queue/.test(name)),
  ).toEqual([]);
  expect([...found.values()].every(Number.isFinite)).toBe(true);
});

it("prometheus() counts refusals by reason, and what the guard did", async () => {
  const registry = new Registry();
  const watch = prometheus({ registry });
  const net = model(dense(1, 1), { seed: 1 });
  watch.rejected(net);
  const steps$ = new Subject<{ x: ReturnType<typeof matrix>; y: ReturnType<typeof matrix> }>();
  const options = { loss: meanSquaredError(), optimizer: sgd(0.01), onInvalid: "skip" as const };
  steps$.pipe(train(net, { ...options, guard: guard({ warmup: 3 }) }), watch.steps()).subscribe();
  for (let i = 0; i < 5; i++) steps$.next({ x: matrix([[1]]), y: matrix([[1]]) });
  steps$.next({ x: matrix([[1]]), y: matrix([[1e9]]) });
  steps$.next({ x: matrix([[1]]), y: matrix([[1]]) });
  steps$.next({ x: matrix([[1, 2]]), y: matrix([[1]]) });
  of({ x: [1], y: Number.NaN })
    .pipe(
      minibatch(1, { onInvalid: "skip", rejected: watch.refused, for: { model: net, loss: options.loss } }),
    )
    .subscribe();
  const found = await read(registry);
  const refused = [...found].filter(([name]) => name.startsWith("rxgrad_refused_total"));
  expect(refused.map(([, count]) => count)).toEqual([1, 1, 1]);
  expect(refused[0]![0]).toContain('reason="guard() expects a loss within its limit"');
  expect(found.get('rxgrad_guard_refusals_total{model="default"}')).toBe(1);
  expect(found.get('rxgrad_guard_rate{model="default"}')).toBe(1);
  expect(found.get('rxgrad_steps_total{model="default"}')).toBe(6);
  watch.close();
  expect(() =>
    net.reject({
      batch: 0,
      error: Object.assign(new Error("late"), {
        name: "InvalidInputError",
        actor: "a",
        expected: "b",
        got: "c",
      } as const),
    }),
  ).not.toThrow();
});

it("prometheus() tells of drift, of promotions, of validation, and of the version that answers", async () => {
  const registry = new Registry();
  const watch = prometheus({ registry });
  from([
    { loss: 1, size: 2, drift: "warning", adapted: "none", version: 0 },
    {
      loss: 1,
      size: 2,
      drift: "drift",
      adapted: "reset",
      validationLoss: 3,
      version: 1,
      promotion: "promoted",
    },
    { loss: 1, size: 2, drift: { drift: true, warning: false } },
    { item: 1, metrics: { m: 1 } }, // a late label that fills no batch
    { item: 1, metrics: { m: 2 }, learned: { run: 0, id: 3, size: 5, loss: 7 } },
  ])
    .pipe(watch.steps<object>())
    .subscribe();
  of({ prediction: matrix([[1], [2]]), version: 4 })
    .pipe(watch.predictions())
    .subscribe();
  const found = await read(registry);
  const one = (name: string, labels = "") =>
    found.get(`rxgrad_${name}{${[labels, 'model="default"'].filter(Boolean).sort().join(",")}}`);
  expect(one("drift_alarms_total", 'level="drift"')).toBe(2);
  expect(one("drift_alarms_total", 'level="warning"')).toBe(1);
  expect(one("adaptations_total", 'action="reset"')).toBe(1);
  expect(one("promotions_total", 'decision="promoted"')).toBe(1);
  expect(one("validation_loss")).toBe(3);
  expect(one("serving_version")).toBe(4);
  expect(one("predictions_total")).toBe(2);
  expect(one("steps_total")).toBe(4);
  expect(one("rows_learned_total")).toBe(11);
  expect(one("loss")).toBe(7);
});

it("prometheus() counts drift of adapting", async () => {
  const registry = new Registry();
  const watch = prometheus({ registry });
  const items = batchesOf(40);
  from([...items, ...items.map(({ x, y }) => ({ x, y: matrix(Array.from(y.data, (v) => [1 - v])) }))])
    .pipe(
      adapting(model(plan, { seed: 1 }), {
        ...{ loss: binaryCrossentropy(), optimizer: sgd(0.5) },
        policy: alertOnly(),
        monitor: ({ id }) => (id < 40 ? 0 : 1),
      }),
      watch.steps(),
    )
    .subscribe();
  expect(
    (await read(registry)).get('rxgrad_drift_alarms_total{level="drift",model="default"}'),
  ).toBeGreaterThan(0);
});

it("prometheus().learning() measures from a batch's arrival to its step, and shares one run", async () => {
  const registry = new Registry();
  let time = 0;
  const watch = prometheus({ registry, now: () => time });
  const net = model(dense(2, 1), { seed: 1 });
  activations$(net, 0).subscribe(() => (time += 20));
  const batches$ = new Subject<ReturnType<typeof batchesOf>[number]>();
  const steps$ = batches$.pipe(watch.learning(train(net, { loss: meanSquaredError(), optimizer: sgd(0.1) })));
  steps$.subscribe();
  steps$.subscribe();
  for (const batch of batchesOf(3)) batches$.next(batch);
  const found = await read(registry);
  expect(found.get('rxgrad_steps_total{model="default"}')).toBe(3);
  expect(found.get('rxgrad_learning_duration_seconds_sum{model="default"}')).toBeCloseTo(0.06, 12);
  expect(found.get('rxgrad_learning_duration_seconds_bucket{le="0.01",model="default"}')).toBe(0);
  expect(found.get('rxgrad_learning_duration_seconds_bucket{le="0.03",model="default"}')).toBe(3);
});

it("prometheus().load and labels count on when a queue or a join begins anew", async () => {
  const registry = new Registry();
  const watch = prometheus({ registry });
  const load = (received: number, dropped: number, depth: number): Load => ({
    ...{ depth, peak: depth, received, dropped, delivered: received - dropped - depth },
  });
  for (const one of [load(10, 2, 3), load(15, 4, 1), load(4, 1, 2)]) watch.load(one);
  watch.queue("labels")(load(1, 0, 0));
  const labels$ = new Subject<{ readonly key: number }>();
  const items$ = new Subject<{ readonly key: number }>();
  const key = ({ key }: { readonly key: number }) => key;
  for (let run = 0; run < 2; run++) {
    const joined = joinLabels(items$, labels$, { key, counts: watch.labels }).subscribe();
    items$.next({ key: 1 });
    items$.next({ key: 2 });
    labels$.next({ key: 1 });
    labels$.next({ key: 1 });
    joined.unsubscribe();
  }
  const found = await read(registry);
  const queue = (name: string, of = "default") =>
    found.get(`rxgrad_queue_${name}{model="default",queue="${of}"}`);
  expect([queue("received_total"), queue("dropped_total"), queue("depth"), queue("peak")]).toEqual([
    19, 5, 2, 2,
  ]);
  expect(queue("received_total", "labels")).toBe(1);
  expect(found.get('rxgrad_labels_total{model="default",outcome="joined"}')).toBe(2);
  expect(found.get('rxgrad_labels_total{model="default",outcome="duplicate"}')).toBe(2);
  expect(found.get('rxgrad_labels_pending{model="default"}')).toBe(1);
});

it("prometheus().load is what backpressure tells", async () => {
  const registry = new Registry();
  const watch = prometheus({ registry });
  const source$ = new Subject<number>();
  const seen: number[] = [];
  source$
    .pipe(backpressure({ capacity: 2, overflow: "dropNewest", ms: 0, load: watch.load }))
    .subscribe((n) => seen.push(n));
  for (let i = 0; i < 9; i++) source$.next(i);
  while (seen.length < 3) await new Promise((turn) => setImmediate(turn));
  const found = await read(registry);
  expect(found.get('rxgrad_queue_dropped_total{model="default",queue="default"}')).toBe(6);
});

it("prometheus().checkpoints counts files, and says when the last one was written", async () => {
  const registry = new Registry();
  const watch = prometheus({ registry, today: () => 5000 });
  watch.checkpoints.written.next({ path: "a", position: 1 });
  watch.checkpoints.written.next({ path: "b", position: 2 });
  watch.checkpoints.errors.next(new Error("full"));
  const found = await read(registry);
  expect(found.get('rxgrad_checkpoints_written_total{model="default"}')).toBe(2);
  expect(found.get('rxgrad_checkpoints_failed_total{model="default"}')).toBe(1);
  expect(found.get('rxgrad_checkpoint_timestamp_seconds{model="default"}')).toBe(5);
});

it("prometheus().steps({ norms }) measures weights and gradients of each parameter, one step of so many", async () => {
  const registry = new Registry();
  const watch = prometheus({ registry });
  const net = model(plan, { seed: 1 });
  let norms: readonly (readonly [string, number, number])[] = [];
  const norm = (data: ArrayLike<number>) => Math.hypot(...Array.from(data));
  from(batchesOf(4))
    .pipe(
      train(net, { loss: binaryCrossentropy(), optimizer: sgd(0.1) }),
      watch.steps({ norms: { model: net, every: 3 } }),
    )
    .subscribe(({ id }) => {
      if (id === 3)
        norms = net.parameters.map(({ name, value, grad }) => [name, norm(value.data), norm(grad.data)]);
    });
  const found = await read(registry);
  expect(norms).toHaveLength(4);
  for (const [name, weight, gradient] of norms) {
    expect(gradient).toBeGreaterThan(0);
    expect(found.get(`rxgrad_weight_norm{model="default",parameter="${name}"}`)).toBeCloseTo(weight, 10);
    expect(found.get(`rxgrad_gradient_norm{model="default",parameter="${name}"}`)).toBeCloseTo(gradient, 10);
  }
});

it("prometheus() reads metrics from where withFolds puts them", async () => {
  const registry = new Registry();
  const watch = prometheus({ registry });
  from(batchesOf(4))
    .pipe(
      train(model(plan, { seed: 1 }), { loss: binaryCrossentropy(), optimizer: sgd(0.1), predictions: true }),
      withFolds({ right: accuracy() }),
      watch.steps({
        metrics: ({ right }) => ({ right, deep: { est: { x: 1 } }, not: [1], nan: Number.NaN }),
      }),
    )
    .subscribe();
  const names = [...(await read(registry)).keys()].filter((name) => name.startsWith("rxgrad_metric"));
  expect(names).toEqual([
    'rxgrad_metric{metric="right",model="default"}',
    'rxgrad_metric{metric="deep.est.x",model="default"}',
  ]);
});

it("prometheus() shares metrics among models, refuses one twice, and leaves nothing behind", async () => {
  const registry = new Registry();
  const a = prometheus({ registry, model: "a" });
  const b = prometheus({ registry, model: "b" });
  expect(() => prometheus({ registry, model: "a" })).toThrow(
    'prometheus() expects a model that is not watched yet: give each a name of its own (model), or close() the other, got "a" twice',
  );
  expect(() => prometheus({ registry, model: "c", labels: { region: "eu" } })).toThrow(
    "as other models of the registry have",
  );
  of({ loss: 1 }).pipe(a.steps()).subscribe();
  of({ loss: 2 }).pipe(b.steps()).subscribe();
  expect((await read(registry)).get('rxgrad_loss{model="b"}')).toBe(2);
  a.close();
  a.close();
  of({ loss: 3 }).pipe(a.steps()).subscribe();
  expect([...(await read(registry)).keys()].filter((name) => name.includes('model="a"'))).toEqual([]);
  prometheus({ registry, model: "a" }).close();
  b.close();
  expect(registry.getMetricsAsArray()).toEqual([]);
  const other = prometheus({ registry, model: "a", labels: { region: "eu" } });
  other.close();
});

it("prometheus() begins anew in a registry that was cleared, and aggregates over processes", async () => {
  const registry = new Registry();
  const lost = prometheus({ registry });
  registry.clear();
  of({ loss: 1 }).pipe(lost.steps()).subscribe();
  const watch = prometheus({ registry });
  lost.close();
  of({ loss: 2 }, { loss: 20 }).pipe(watch.steps()).subscribe();
  expect((await read(registry)).get('rxgrad_step_loss_sum{model="default"}')).toBe(22);
  const json = JSON.parse(JSON.stringify(await registry.getMetricsAsJSON()));
  const both = await AggregatorRegistry.aggregate([json, json]).metrics();
  expect(scraped(both).get('rxgrad_step_loss_bucket{le="10",model="default"}')).toBe(2);
  expect(scraped(both).get('rxgrad_step_loss_count{model="default"}')).toBe(4);
  expect(scraped(both).get('rxgrad_rows_learned_total{model="default"}')).toBe(4);
});

it("prometheus() refuses a registry that has these names, before anything is registered", () => {
  const registry = new Registry();
  new Counter({ name: "rxgrad_steps_total", help: "of somebody else", registers: [registry] });
  expect(() => prometheus({ registry })).toThrow(
    "prometheus() expects a registry without rxgrad_steps_total, or another prefix",
  );
  expect(registry.getMetricsAsArray()).toHaveLength(1);
  prometheus({ registry, prefix: "2nd-net" });
  expect(registry.getSingleMetric("_2nd_net_steps_total")).toBeDefined();
});

it("prometheus() makes names of labels such as Prometheus takes, and refuses those that it has", async () => {
  const registry = new Registry();
  const watch = prometheus({ registry, labels: { "data-center": 'a"b', "1st": "x" } });
  of({ loss: 1 }).pipe(watch.steps()).subscribe();
  expect((await read(registry)).get('rxgrad_loss{_1st="x",data_center="a\\"b",model="default"}')).toBe(1);
  for (const name of ["metric", "le", "model"])
    expect(() => prometheus({ registry: new Registry(), labels: { [name]: "x" } })).toThrow(
      "prometheus() expects labels of other names",
    );
  expect(() => prometheus({ registry: {} as Registry })).toThrow(
    "prometheus() expects a registry of prom-client, got an object",
  );
  expect(() => prometheus({ registry, limit: 0 })).toThrow("limit");
});

it("prometheus() makes no more series than its limit, of what data can name", async () => {
  const registry = new Registry();
  const watch = prometheus({ registry, limit: 5 });
  for (let i = 0; i < 1000; i++) {
    watch.refused(i, Object.assign(new Error("no"), { name: `E${i}` }));
    of({ loss: 1, metrics: { [`m${i}`]: i } })
      .pipe(watch.steps<object>())
      .subscribe();
  }
  const found = await read(registry);
  const of_ = (name: string) => [...found].filter(([key]) => key.startsWith(`rxgrad_${name}{`));
  expect(of_("refused_total")).toHaveLength(6);
  expect(of_("refused_total").at(-1)).toEqual(['rxgrad_refused_total{model="default",reason="other"}', 995]);
  expect(of_("metric")).toHaveLength(5);
});

it("prometheus() never ends the stream that it stands in, and says so once", () => {
  const complained = vi.spyOn(console, "error").mockImplementation(() => {});
  const watch = prometheus({ registry: new Registry() });
  const seen: unknown[] = [];
  from([1, 2, 3])
    .pipe(
      watch.steps({
        metrics: () => {
          throw new Error("mine");
        },
      }) as never,
    )
    .subscribe((n) => seen.push(n));
  expect(seen).toEqual([1, 2, 3]);
  expect(complained).toHaveBeenCalledTimes(1);
});

it("prometheus() is scraped over HTTP", async () => {
  const registry = new Registry();
  const watch = prometheus({ registry, model: "served" });
  const server = createServer((_, response) => {
    void registry.metrics().then((text) => {
      response.writeHead(200, { "content-type": registry.contentType }).end(text);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    of({ loss: 0.5, size: 3 }).pipe(watch.steps()).subscribe();
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(response.headers.get("content-type")).toContain("version=0.0.4");
    const text = await response.text();
    expect(scraped(text).get('rxgrad_rows_learned_total{model="served"}')).toBe(3);
    for (const one of Object.values(instruments)) {
      expect(text).toContain(`# HELP ${prometheusName(one)} ${one.help}\n`);
      expect(text).toContain(`# TYPE ${prometheusName(one)} ${one.kind}\n`);
    }
  } finally {
    server.close();
  }
});

it("prometheus() passes what it does not know", () => {
  const watch = prometheus({ registry: new Registry() });
  const seen: string[] = [];
  for (const source$ of [EMPTY, NEVER, throwError(() => new Error("x"))])
    source$
      .pipe(watch.steps<object>())
      .subscribe({ error: () => seen.push("error"), complete: () => seen.push("complete") });
  expect(seen).toEqual(["complete", "error"]);
});
