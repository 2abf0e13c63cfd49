import { once } from "node:events";
import { createServer } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { chain, dense, meanSquaredError, minibatch, model, prequential, sgd } from "rxgrad";
import { type DashboardOptions, dashboard } from "rxgrad/dashboard";
import { range, Subject, type Subscription } from "rxjs";
import { afterEach, describe, expect, test } from "vitest";
import { dashboardOptions } from "../../src/dashboard/dashboardOptions.ts";
import { watching } from "../../src/dashboard/watching.ts";
import { operatorLaws } from "../laws/operator.ts";
import { listening } from "../support/listening.ts";

operatorLaws("dashboard", {
  operator: () => dashboard<{ loss: number }>(),
  items: [{ loss: 1 }, { loss: 2 }, { loss: 3 }],
  expected: (items) => items,
});

const running: Subscription[] = [];
afterEach(() => {
  for (const run of running.splice(0)) run.unsubscribe();
});

/** A run with its page: its port, and the steps that came out. */
const started = async <Step>(options: DashboardOptions<Step> = {}) => {
  const steps = new Subject<Step>();
  const out: Step[] = [];
  const ends: unknown[] = [];
  const url = await new Promise<string>((served, failed) => {
    running.push(
      steps.pipe(dashboard<Step>({ every: 20, listening: served, failed, ...options })).subscribe({
        next: (step) => out.push(step),
        error: (error) => ends.push(error),
        complete: () => ends.push("complete"),
      }),
    );
  });
  return { steps, out, ends, run: running.at(-1)!, port: Number(new URL(url).port) };
};

describe("dashboard()", () => {
  test("dashboard() passes steps on as they are, and tells of the last before it ends", async () => {
    const { steps, out, ends, port } = await started<{ loss: number; metrics?: object }>({ every: 1e6 });
    const heard = await listening(port);
    const given = [{ loss: 1 }, { loss: 3, metrics: { accuracy: { model: 0.9, prior: 0.5 } } }];
    for (const step of given) steps.next(step);
    steps.complete();
    await heard.closed;
    expect(out).toEqual(given);
    expect(out[0]).toBe(given[0]);
    expect(ends).toEqual(["complete"]);
    expect(heard.ends).toEqual([{ reason: "complete" }]);
    expect(heard.ticks).toHaveLength(1);
    expect(heard.ticks[0]!.step).toBe(2);
    expect(heard.ticks[0]!.readings.slice(0, 3)).toEqual([
      ["metrics", "loss", "training", 2], // the mean of what came since the look before
      ["metrics", "accuracy", "model", 0.9],
      ["metrics", "accuracy", "prior", 0.5],
    ]);
  });

  test("dashboard() tells a page that comes late what has been, and every page how it ended", async () => {
    const { steps, port } = await started<{ loss: number; drift: string; adapted: string }>();
    const early = await listening(port);
    steps.next({ loss: 1, drift: "none", adapted: "none" });
    steps.next({ loss: 1, drift: "drift", adapted: "optimizer reset" });
    await expect.poll(() => early.ticks.some(({ marks }) => marks.length > 0)).toBe(true);
    const late = await listening(port);
    const [hello] = late.hello;
    expect(hello!.last!.marks.map(({ label, step }) => [label, step])).toEqual([
      ["drift: optimizer reset", 2],
    ]);
    const loss = hello!.lines.find(([, chart]) => chart === "loss")!;
    expect(loss[3].mean.filter((value) => value !== null)).toEqual([1]);
    expect(loss[3].count).toHaveLength(hello!.time.count.length);
    steps.error(new Error("out of data"));
    await Promise.all([early.closed, late.closed]);
    for (const { ends } of [early, late]) expect(ends).toEqual([{ reason: "error", message: "out of data" }]);
  });

  test("dashboard() marks what it is told, and what the model refused", async () => {
    const marks$ = new Subject<string>();
    const net = model(dense(1, 1), { seed: 1 });
    const { steps, port } = await started<number>({ marks$, model: net });
    const heard = await listening(port);
    marks$.next("deployed");
    const error = Object.assign(new Error("a number that is finite"), { name: "InvalidInputError" as const });
    for (let i = 0; i < 3; i++)
      net.reject({ batch: i, error: { ...error, message: error.message, actor: "", expected: "", got: "" } });
    steps.complete();
    await heard.closed;
    const marks = heard.ticks.flatMap((tick) => tick.marks);
    expect(marks.find(({ label }) => label === "deployed")?.times).toBe(1);
    const refused = marks.filter(({ label }) => label === "refused: a number that is finite");
    expect(refused.reduce((sum, { times }) => sum + times, 0)).toBe(3);
  });

  test("dashboard() frees its port when nobody subscribes any more, with pages open", async () => {
    const { run, port } = await started();
    const heard = await listening(port);
    run.unsubscribe();
    const next = createServer().listen(port, "127.0.0.1");
    await once(next, "listening");
    await new Promise((closed) => next.close(closed));
    await heard.closed;
    expect(heard.ends).toEqual([{ reason: "stopped" }]);
  });

  test("dashboard() lets learning go on when its port is taken, and says so", async () => {
    const { port } = await started();
    const out: number[] = [];
    const steps = new Subject<number>();
    const failure = await new Promise<Error>((failed) => {
      running.push(steps.pipe(dashboard({ port, failed })).subscribe((step) => out.push(step)));
    });
    expect(failure.message).toContain("EADDRINUSE");
    steps.next(1);
    expect(out).toEqual([1]);
  });

  test("dashboard() lets learning go on when what it was given fails, and says so once", async () => {
    const failed: string[] = [];
    const fails = (what: string) => (): never => {
      throw new Error(what);
    };
    const { steps, out } = await started<{ loss: number }>({
      failed: ({ message }) => failed.push(message),
      rows: fails("no rows"),
      queue: fails("no queue"),
    });
    for (let i = 0; i < 100; i++) steps.next({ loss: i });
    steps.complete();
    expect(out).toHaveLength(100);
    expect(failed.sort()).toEqual(["no queue", "no rows"]);
  });

  test("dashboard() shows what a batch did to each layer, and their norms", async () => {
    const net = model(chain(dense(2, 3, { activation: "tanh" }), dense(3, 1)), { seed: 1 });
    const samples = new Subject<{ x: number[]; y: number }>();
    const url = await new Promise<string>((served) => {
      running.push(
        samples
          .pipe(
            minibatch(1),
            prequential(net, { loss: meanSquaredError(), optimizer: sgd(0.01) }),
            dashboard({ model: net, every: 20, listening: served }),
          )
          .subscribe(),
      );
    });
    const heard = await listening(Number(new URL(url).port));
    expect(heard.hello[0]!.graph!.nodes.map(({ id }) => id)).toEqual(["input", "dense0", "dense1", "output"]);
    const withLayers = () => {
      samples.next({ x: [1, 2], y: 3 });
      return heard.ticks.find(({ layers }) => layers);
    };
    await expect.poll(withLayers).toBeDefined();
    for (const layer of withLayers()!.layers!) {
      expect(layer.value).toBeGreaterThan(0);
      expect(layer.gradient).toBeGreaterThan(0);
      for (const spread of [layer.weights, layer.values, layer.gradients])
        expect(spread?.counts).toHaveLength(32);
    }
    const norms = heard.ticks.at(-1)!.readings.filter(([section]) => section === "layers");
    expect(norms.map(([, chart, line]) => `${chart} ${line}`)).toEqual([
      "weight norm dense0",
      "gradient norm dense0",
      "weight norm dense1",
      "gradient norm dense1",
    ]);
  });

  test.each([
    [{ host: "0.0.0.0" }, "dashboard() expects a token, since others can reach 0.0.0.0, got none"],
    [{ host: "192.168.1.7" }, "a token, since others can reach 192.168.1.7"],
    [{ host: "::" }, "a token"],
    [{ host: "example.org" }, "a token"],
    [{ host: "0.0.0.0", token: "short" }, "a token of at least 16 characters, got one that is shorter"],
    [{ token: "" }, "a token of at least 16 characters"],
    [{ port: -1 }, "a whole number of at least 0 as port, got -1"],
    [{ port: 65_536 }, "a port of at most 65535"],
    [{ every: 0 }, "as every, got 0"],
    [{ model: {} }, "a model, got an object"],
    [{ pause: () => {} }, "pause and resume together, got pause alone"],
    [{ prot: 1 }, "options named model, title, port"],
  ])("dashboard() refuses %j", (options, expected) => {
    expect(() => dashboard(options as DashboardOptions<unknown>)).toThrow(expected);
  });

  test.each(["127.0.0.1", "localhost", "::1", "127.1.2.3"])("dashboard() wants no token for %s", (host) => {
    expect(() => dashboard({ host })).not.toThrow();
  });
});

describe("memory", () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const heap = (): number => {
    gc();
    return process.memoryUsage().heapUsed;
  };
  interface Step {
    readonly size: number;
    readonly loss: number;
    readonly metrics: { readonly accuracy: { readonly model: number; readonly prior: number } };
    readonly drift: string;
  }
  const stepOf = (i: number): Step => ({
    size: 1,
    loss: 1 / (1 + i),
    metrics: { accuracy: { model: i % 2, prior: 0.5 } },
    drift: i % 1000 === 0 ? "drift" : "none",
  });

  test("dashboard() keeps no more after a million steps than after a hundred thousand", () => {
    const watch = watching<Step>(dashboardOptions<Step>({}), () => false);
    const see = (first: number, last: number): void => {
      for (let i = first; i < last; i++) {
        watch.see(stepOf(i));
        if (i % 50 === 0) watch.look(false);
      }
    };
    see(0, 100_000);
    const before = heap();
    const said = JSON.stringify(watch.hello()).length;
    see(100_000, 1_000_000);
    const grown = heap() - before;
    console.log(`after 20,000 looks ${(grown / 1e3).toFixed(0)} kB more on the heap than after 2,000`);
    expect(grown).toBeLessThan(1e6);
    expect(JSON.stringify(watch.hello()).length).toBeLessThan(2 * said);
    watch.close();
  });

  test("dashboard() holds no steps that have passed", () => {
    const seen = new Subject<Step>();
    let count = 0;
    const run = seen.pipe(dashboard()).subscribe(() => count++);
    const before = heap();
    range(1_000_000).subscribe((i) => seen.next(stepOf(i)));
    const grown = heap() - before;
    expect(count).toBe(1_000_000);
    expect(grown).toBeLessThan(1e6);
    run.unsubscribe();
  });
});
