import fc from "fast-check";
import { from, type Observable, Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { category } from "../../src/features/category.ts";
import { features } from "../../src/features/features.ts";
import { flag } from "../../src/features/flag.ts";
import { numeric } from "../../src/features/numeric.ts";
import { type Model, model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { invalid, isInvalidInput } from "../../src/math/invalid.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { encode } from "../../src/streams/encode.ts";
import { minibatch } from "../../src/streams/minibatch.ts";
import { prequential } from "../../src/streams/prequential.ts";
import { quarantine } from "../../src/streams/quarantine.ts";
import { train } from "../../src/streams/train.ts";

interface Reading {
  readonly heat: number;
  readonly open: boolean;
  readonly load: number;
}

type Way = "error" | "skip";

const network = () =>
  model(chain(dense(2, 3, { activation: "tanh" }), dense(3, 1)), { seed: 1, precision: "float32" });
const weightsOf = (net: Model) => net.parameters.map(({ value }) => [...value.data]);
const schema = features<Pick<Reading, "heat" | "open">>()({
  heat: numeric({ missing: "reject", min: -1e6, max: 1e6 }),
  open: flag({ missing: "reject" }),
});

/** What a stream did. */
const outcome = (steps$: Observable<unknown>) => {
  const seen = { steps: 0, end: "still open", error: undefined as unknown };
  steps$.subscribe({
    next: () => seen.steps++,
    error: (error) => {
      seen.end = "error";
      seen.error = error;
    },
    complete: () => {
      seen.end = "complete";
    },
  });
  return seen;
};

/** Events, as an application has them. */
const byEncode = (net: Model, onInvalid: Way, bad = quarantine()) => {
  bad.watch(net);
  return (events: readonly unknown[]) =>
    outcome(
      from(events as Reading[]).pipe(
        encode(schema, { target: ({ load }: Reading) => load, onInvalid, rejected: bad.put }),
        minibatch(4, { onInvalid, rejected: bad.put, for: { model: net, loss: meanSquaredError() } }),
        train(net, { loss: meanSquaredError(), optimizer: adam(0.01), onInvalid }),
      ),
    );
};

/** Samples, made elsewhere. */
const bySamples = (net: Model, onInvalid: Way, bad = quarantine()) => {
  bad.watch(net);
  return (samples: readonly unknown[]) =>
    outcome(
      from(samples as never[]).pipe(
        minibatch(4, { onInvalid, rejected: bad.put, for: { model: net, loss: meanSquaredError() } }),
        train(net, { loss: meanSquaredError(), optimizer: adam(0.01), onInvalid }),
      ),
    );
};

// what no number is, or none that can be learned

const noNumber = fc.oneof(
  fc.constantFrom<unknown[]>(
    null,
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1e308,
    -1e308,
    "7",
    true,
    3n,
    Symbol("7"),
    () => 7,
    new Date(0),
    new Map(),
    { length: 2 ** 40 },
    { valueOf: () => 7 },
    JSON.parse('{ "__proto__": { "length": 1, "0": 7 } }'),
  ),
  fc.anything().filter((v) => typeof v !== "number"),
);
// a list of one number is a target
const noTarget = noNumber.filter((v) => !Array.isArray(v) && !ArrayBuffer.isView(v));
const noNumbers = fc.oneof(
  noTarget,
  fc.constantFrom([], [1], [1, 2, 3], new Float32Array(3), new BigInt64Array(2)),
  noNumber.map((v) => [1, v]),
  noNumber.map((v) => [v, 1]),
);
const number = fc.double({ min: -3, max: 3, noNaN: true });
const extra = fc.oneof(
  fc.constant({}),
  fc.record({ extra: fc.anything() }),
  fc.constant(JSON.parse('{ "__proto__": { "heat": 1e308, "x": [9, 9] } }')),
  fc.record({ constructor: fc.anything(), toString: fc.anything() }),
);

// what throws when it is read: by itself, or when a property is

class Sealed {
  get x(): never {
    throw new RangeError("sealed");
  }
  get load(): never {
    throw new RangeError("sealed");
  }
}
const fail = (thrown: unknown) => (): never => {
  throw thrown;
};
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const throwing = fc.constantFrom(
  fail(new Error("no")),
  fail("no"),
  fail(undefined),
  fail(Object.create(null)),
  fail(revoked()),
);
const unreadable = fc.oneof(
  fc.constant(new Sealed()),
  throwing.map((get) => new Proxy({}, { get, ownKeys: get })),
);
const withThrower = (keys: readonly string[], item: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc
    .tuple(fc.constantFrom(...keys), throwing, item)
    .map(([key, get, own]) => Object.defineProperty({ ...own }, key, { get, enumerable: true }));

interface Marked {
  readonly good: boolean;
  readonly item: unknown;
}

const good = (item: fc.Arbitrary<object>): fc.Arbitrary<Marked> =>
  fc.tuple(item, extra).map(([own, more]) => ({ good: true, item: { ...more, ...own } }));
const bad = (item: fc.Arbitrary<unknown>): fc.Arbitrary<Marked> =>
  item.map((one) => ({ good: false, item: one }));
const without = (key: string, from: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  from.map((item) => Object.fromEntries(Object.entries(item).filter(([name]) => name !== key)));

const sample = fc.record({ x: fc.tuple(number, number), y: number });
const samples = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: good(sample) },
    bad(fc.oneof(noNumber, without("x", sample), without("y", sample))),
    bad(fc.record({ x: noNumbers, y: number })),
    bad(fc.record({ x: fc.tuple(number, number), y: noTarget })),
    bad(fc.record({ x: fc.tuple(number, number), y: fc.constantFrom([], [1, 2], ["1"], [Number.NaN]) })),
    bad(
      fc.record({ x: fc.tuple(number, number), y: number, weight: noNumber.filter((v) => v !== undefined) }),
    ),
    bad(fc.record({ x: fc.tuple(number, number), y: number, weight: fc.constant(-1) })),
    bad(fc.oneof(unreadable, withThrower(["x", "y", "weight", "renewed"], sample))),
    bad(
      withThrower(["0", "1"], fc.constant([0, 0])).map((list) => ({
        x: Object.assign(list, { length: 2 }),
        y: 1,
      })),
    ),
  ),
  { minLength: 1, maxLength: 40 },
);

const event = fc.record({ heat: number, open: fc.boolean(), load: number });
const events = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: good(event) },
    bad(fc.oneof(noNumber, without("heat", event), without("open", event), without("load", event))),
    bad(fc.record({ heat: noNumber, open: fc.boolean(), load: number })),
    bad(fc.record({ heat: number, open: noNumber.filter((v) => typeof v !== "boolean"), load: number })),
    bad(fc.record({ heat: number, open: fc.boolean(), load: noTarget })),
    bad(fc.oneof(unreadable, withThrower(["heat", "open", "load"], event))),
  ),
  { minLength: 1, maxLength: 40 },
);

const kinds = [
  ["events that encode reads", events, byEncode],
  ["samples that minibatch reads", samples, bySamples],
] as const;

describe.each(kinds)("bad data never poisons: %s", (_, records, pipeline) => {
  it("skipped, they change no byte of what the good ones teach, end no stream, and are all in quarantine", () => {
    fc.assert(
      fc.property(records, (all) => {
        const [net, clean] = [network(), network()];
        const place = quarantine();
        const seen = pipeline(net, "skip", place)(all.map(({ item }) => item));
        const goods = all.filter((one) => one.good).map(({ item }) => item);
        const wanted = pipeline(clean, "error")(goods);
        expect(wanted).toMatchObject({ end: "complete", error: undefined });
        expect(seen).toEqual(wanted);
        expect(weightsOf(net)).toEqual(weightsOf(clean));
        expect(place.counts().total).toBe(all.length - goods.length);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it("not skipped, the first of them ends the stream, and none has reached the weights", () => {
    fc.assert(
      fc.property(records, (all) => {
        const [net, clean] = [network(), network()];
        const seen = pipeline(net, "error")(all.map(({ item }) => item));
        const first = all.findIndex((one) => !one.good);
        const before = first < 0 ? all.length : 4 * Math.floor(first / 4);
        expect(seen.end).toBe(first < 0 ? "complete" : "error");
        expect(first < 0 || isInvalidInput(seen.error)).toBe(true);
        pipeline(clean, "error")(all.slice(0, before).map(({ item }) => item));
        expect(weightsOf(net)).toEqual(weightsOf(clean));
      }),
      { seed: 2, numRuns: 150 },
    );
  });
});

it("encode() takes nothing of an event of which a later field throws", () => {
  const mixed = features<{ from: string; to: string }>()({
    from: category({ capacity: 2 }),
    to: category({ capacity: 2 }),
  });
  const state = mixed.init();
  const place = quarantine();
  const reasons: Error[] = [];
  place.refused$.subscribe(({ reason }) => reasons.push(reason));
  const bad = Object.defineProperty({ from: "SFO" }, "to", { get: fail(new Error("gone")) });
  outcome(
    from([bad] as { from: string; to: string }[]).pipe(
      encode(mixed, { target: () => 1, state, onInvalid: "skip", rejected: place.put }),
    ),
  );
  expect(state).toEqual(mixed.init());
  expect(reasons.map(({ message }) => message)).toEqual([
    "encode() expects what can be read, got properties that throw: gone",
  ]);
  expect(reasons[0]?.cause).toEqual(new Error("gone"));
});

it("minibatch() and encode() leave out proxies that were revoked", () => {
  for (const pipeline of [byEncode, bySamples]) {
    const place = quarantine();
    expect(pipeline(network(), "skip", place)([revoked(), { x: revoked(), y: 1, load: 1 }]).end).toBe(
      "complete",
    );
    expect(place.counts().total).toBe(2);
  }
});

it("encode() ends, even when it skips, for a function that throws over an event that can be read", () => {
  const seen = outcome(
    from([{ heat: 1, open: true, load: 1 }]).pipe(
      encode(schema, { target: fail(new TypeError("of the program")), onInvalid: "skip" }),
    ),
  );
  expect(seen.error).toEqual(new TypeError("of the program"));
});

it("prequential() leaves out a batch whose matrices throw", () => {
  const net = network();
  const place = quarantine();
  place.watch(net);
  const batch = Object.defineProperty({ y: { rows: 1, cols: 1, data: new Float64Array(1) } }, "x", {
    get: fail(new Error("gone")),
  });
  const options = { loss: meanSquaredError(), optimizer: adam(0.01) };
  const seen = outcome(from([batch as never]).pipe(prequential(net, { ...options, onInvalid: "skip" })));
  expect(seen).toEqual({ steps: 0, end: "complete", error: undefined });
  expect(place.counts().total).toBe(1);
  const ended = outcome(from([batch as never]).pipe(prequential(net, options)));
  expect(isInvalidInput(ended.error)).toBe(true);
});

it("quarantine() is one stream of what was refused, the last of it again for who comes late, and counts it by reason", () => {
  const place = quarantine({ keep: 2 });
  const live: unknown[] = [];
  place.refused$.subscribe(({ item, position }) => live.push([item, position]));
  for (const got of ["a", "b", "c"]) place.put(got, invalid("f()", "numbers", got));
  place.put("d", new TypeError("no"));
  const late: unknown[] = [];
  place.refused$.subscribe(({ item, reason }) => late.push([item, reason.message]));
  expect(live).toEqual([
    ["a", 0],
    ["b", 1],
    ["c", 2],
    ["d", 3],
  ]);
  expect(late).toEqual([
    ["c", "f() expects numbers, got c"],
    ["d", "no"],
  ]);
  expect(place.counts()).toEqual({
    total: 4,
    byReason: new Map([
      ["f() expects numbers", 3],
      ["TypeError", 1],
    ]),
  });
});

it("quarantine() counts reasons beyond a hundred as others", () => {
  const place = quarantine();
  for (let i = 0; i < 150; i++) place.put(i, invalid("f()", `a ${i}`, "none"));
  const { byReason } = place.counts();
  expect(byReason.size).toBe(101);
  expect(byReason.get("other reasons")).toBe(50);
});

it("quarantine() watches a model until it is told not to", () => {
  const place = quarantine();
  const rejected$ = new Subject<never>();
  const watching = place.watch({ rejected$ });
  rejected$.next({ batch: "batch", error: invalid("train()", "rows", "none") } as never);
  watching.unsubscribe();
  expect(place.counts().total).toBe(1);
  expect(rejected$.observed).toBe(false);
  expect(() => quarantine({ keep: 0 })).toThrow("as keep, got 0");
});

it("encode() looks at no renewed of an event, which is a word of the program's", () => {
  const samples: unknown[] = [];
  from([{ heat: 1, open: true, load: 1, renewed: { inputs: [0] } }])
    .pipe(encode(schema, { target: ({ load }) => load, forget: true }))
    .subscribe((sample) => samples.push(sample));
  expect(samples).toEqual([{ x: Float64Array.of(1, 1), y: 1 }]);
});
