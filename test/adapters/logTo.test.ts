import { Writable } from "node:stream";
import { pino } from "pino";
import { chain, dense, guard, matrix, meanSquaredError, model, sgd, train } from "rxgrad";
import { logTo } from "rxgrad/pino";
import { from, Subject } from "rxjs";
import { afterEach, expect, it, vi } from "vitest";
import { operatorLaws } from "../laws/operator.ts";

const silent = () => pino({ level: "silent" });
operatorLaws("logTo().steps()", {
  operator: () => logTo(silent()).steps<{ readonly loss: number }>(),
  items: [{ loss: 1 }, { loss: 2 }, { loss: 3 }],
  expected: (all) => all,
});

afterEach(() => vi.restoreAllMocks());

const writing = () => {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      for (const line of String(chunk).trim().split("\n")) {
        const { time, pid, hostname, ...rest } = JSON.parse(line) as Record<string, unknown>;
        lines.push(rest);
      }
      done();
    },
  });
  return { lines, logger: pino({ level: "trace" }, stream) };
};

it("logTo() writes a line for one step in so many, with what the step has", () => {
  const { lines, logger } = writing();
  const log = logTo(logger, { model: "fraud", every: 2, level: "debug" });
  from([
    {
      run: 0,
      id: 0,
      size: 4,
      loss: 0.5,
      metrics: { accuracy: 0.5, wide: { nan: Number.NaN } },
      prediction: matrix([[1]]),
    },
    { run: 0, id: 1, size: 4, loss: 0.4 },
    {
      run: 0,
      id: 2,
      size: 4,
      loss: Number.POSITIVE_INFINITY,
      guard: { refused: 1, rollBacks: 0, rate: 1, limit: 2 },
    },
  ])
    .pipe(log.steps<object>())
    .subscribe();
  expect(lines).toEqual([
    {
      level: 20,
      event: "step",
      model: "fraud",
      run: 0,
      id: 0,
      size: 4,
      loss: 0.5,
      metrics: { accuracy: 0.5, wide: { nan: "NaN" } },
      msg: "step 0",
    },
    {
      level: 20,
      event: "step",
      model: "fraud",
      run: 0,
      id: 2,
      size: 4,
      loss: "Infinity",
      guard: { refused: 1, rollBacks: 0, rate: 1, limit: 2 },
      msg: "step 2",
    },
  ]);
});

it("logTo() writes of steps by time", () => {
  const { lines, logger } = writing();
  let time = 0;
  const log = logTo(logger, { every: { ms: 100 }, now: () => time });
  const steps$ = new Subject<{ readonly id: number; readonly loss: number }>();
  steps$.pipe(log.steps()).subscribe();
  for (let id = 0; id < 30; id++) {
    steps$.next({ id, loss: 1 });
    time += 20;
  }
  expect(lines.map(({ id }) => id)).toEqual([0, 5, 10, 15, 20, 25]);
});

it("logTo() writes of every drift and promotion, whatever is sampled", () => {
  const { lines, logger } = writing();
  from([
    { id: 0, loss: 1 },
    { id: 1, loss: 1, drift: "drift", adapted: "reset" },
    { id: 2, loss: 1, drift: "none", adapted: "none", promotion: "promoted", version: 1 },
  ])
    .pipe(logTo(logger, { every: 100 }).steps<object>())
    .subscribe();
  expect(lines.slice(1)).toEqual([
    {
      level: 40,
      event: "drift",
      model: "default",
      id: 1,
      alarm: "drift",
      action: "reset",
      msg: "drift: drift, then reset",
    },
    {
      level: 40,
      event: "promotion",
      model: "default",
      id: 2,
      decision: "promoted",
      version: 1,
      msg: "champion: promoted",
    },
  ]);
});

it("logTo() writes of refusals with their reason, and listens no more once closed", () => {
  const { lines, logger } = writing();
  const log = logTo(logger, { every: 1000 });
  const net = model(chain(dense(1, 1)), { seed: 1 });
  log.rejected(net);
  const batches$ = new Subject<{ x: ReturnType<typeof matrix>; y: ReturnType<typeof matrix> }>();
  batches$
    .pipe(
      train(net, {
        loss: meanSquaredError(),
        optimizer: sgd(0.01),
        onInvalid: "skip",
        guard: guard({ warmup: 2 }),
      }),
    )
    .subscribe();
  for (const y of [1, 1, 1, 1e12]) batches$.next({ x: matrix([[1]]), y: matrix([[y]]) });
  log.refused({}, new Error("no event"));
  log.close();
  batches$.next({ x: matrix([[1]]), y: matrix([[1e12]]) });
  expect(lines).toMatchObject([
    { level: 40, event: "refused", model: "default", action: "skipped", msg: "refused: skipped" },
    { level: 40, event: "refused", reason: "no event" },
  ]);
  expect(lines[0]!.reason).toContain("guard() expects a loss within its limit");
});

it("logTo() writes of checkpoints and drops", () => {
  const { lines, logger } = writing();
  const log = logTo(logger);
  log.checkpoints.written.next({ path: "/a/1", position: { offset: 10n, bytes: new Uint8Array(3) } });
  log.checkpoints.errors.next(new Error("full"));
  const load = { depth: 1, peak: 4, received: 10, delivered: 9 };
  log.load({ ...load, dropped: 0 });
  log.load({ ...load, dropped: 3 });
  log.load({ ...load, dropped: 3 });
  expect(lines).toMatchObject([
    { level: 30, event: "checkpoint", path: "/a/1", position: { offset: "10", bytes: "3 bytes" } },
    { level: 50, event: "checkpointFailed", err: { type: "Error", message: "full" }, msg: "full" },
    { level: 40, event: "dropped", depth: 1, dropped: 3, msg: "dropped 3" },
  ]);
  expect(lines).toHaveLength(3);
});

it("logTo() never ends the stream when the logger throws, and says so once", () => {
  const complained = vi.spyOn(console, "error").mockImplementation(() => {});
  const broken = () => {
    throw new Error("disk full");
  };
  const log = logTo({ trace: broken, debug: broken, info: broken, warn: broken, error: broken });
  const seen: unknown[] = [];
  from([{ loss: 1 }, { loss: 2 }])
    .pipe(log.steps())
    .subscribe((step) => seen.push(step));
  log.refused(0, new Error("no"));
  log.checkpoints.errors.next(new Error("no"));
  expect(seen).toHaveLength(2);
  expect(complained).toHaveBeenCalledTimes(1);
});

it("logTo() refuses what is no logger, and options that are none", () => {
  expect(() => logTo({} as never)).toThrow(
    "logTo() expects a logger with info(object, message), such as pino()",
  );
  expect(() => logTo(silent(), { every: 0 })).toThrow("every");
  expect(() => logTo(silent(), { every: { ms: -1 } })).toThrow("every.ms");
  expect(() => logTo(silent(), { each: 1 } as never)).toThrow("each");
});
