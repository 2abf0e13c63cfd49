import {
  activations$,
  adam,
  type Batch,
  batchNorm,
  binaryCrossentropy,
  type Contestant,
  chain,
  conceptDrift,
  dense,
  dropout,
  fading,
  guard,
  learner,
  load,
  logLoss,
  type Model,
  mae,
  matrix,
  meanSquaredError,
  minibatch,
  model,
  type Promoted,
  type PromotionOptions,
  promote,
  type Rule,
  random,
  type Serving,
  type ShadowStep,
  save,
  serving,
  sgd,
  shadow,
  sineConcept,
} from "rxgrad";
import { delay, from, lastValueFrom, Subject, take, tap, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { operatorLaws } from "../laws/operator.ts";
import { bytesOf, stateOf } from "../support/modelState.ts";

const loss = meanSquaredError();
const metric = fading(0.9, mae());
const line = (seed = 1) => model(chain(dense(2, 1)), { seed });
const deep = (seed = 1) =>
  model(chain(dense(2, 4, { activation: "tanh" }), batchNorm(4), dropout(0.2), dense(4, 1)), { seed });
const of = (m: Model, optimizer: Rule): Contestant => ({ model: m, loss, optimizer });
const r = random(7);
/** A line whose slope turns around in the middle. */
const batches: readonly Batch[] = Array.from({ length: 200 }, (_, t) => {
  const x = [0, 1, 2].map(() => [r.normal(), r.normal()]);
  const sign = t < 100 ? 1 : -1;
  return { x: matrix(x), y: matrix(x.map(([a, b]) => [sign * (a! - 2 * b!) + 0.1 * r.normal()])) };
});
const eager = { margin: 0.05, patience: 3, probation: 500 };
type Made = readonly [Serving, Model, Model];
const roads: readonly (readonly [string, () => Made])[] = [
  ["weights that change places", () => made(deep(), sgd(0.001), deep(2), adam(0.1))],
  ["models that change places", () => made(line(), sgd(0.001), deep(2), adam(0.1))],
];
const made = (a: Model, rule: Rule, b: Model, other: Rule): Made => [
  serving({ champion: of(a, rule), challenger: of(b, other), metric }),
  a,
  b,
];
const run = (service: Serving, given: readonly Batch[], options: PromotionOptions = eager) => {
  const steps: (ShadowStep & Promoted)[] = [];
  from(given)
    .pipe(shadow(service), promote(service, options))
    .subscribe((step) => steps.push(step));
  return steps;
};
/** Calls when a graph that learns is taken down, as it is while weights change places. */
const whenClosed = (m: Model, then: () => void) =>
  m.started$.subscribe(({ mode, output }) => {
    if (mode === "train") output.value$.subscribe({ complete: then });
  });
const never = { patience: 1e9 };
const gist = ({ loss, prediction, challenger }: ShadowStep) => ({ loss, prediction, challenger });

operatorLaws("shadow()", {
  operator: () => shadow(made(line(), sgd(0.1), line(2), sgd(0.01))[0]),
  items: batches.slice(0, 5),
  expected: (given) => {
    const steps: ShadowStep[] = [];
    from(given)
      .pipe(shadow(made(line(), sgd(0.1), line(2), sgd(0.01))[0]))
      .subscribe((s) => steps.push(s));
    return steps;
  },
  sharesState: "they train the same weights",
});

const stepsAhead: readonly ShadowStep[] = run(
  made(line(), sgd(0.1), line(2), sgd(0.1))[0],
  batches.slice(0, 5),
  never,
).map(({ promotion: _, ...step }) => ({ ...step, scores: { champion: 1, challenger: 0.5 } }));
operatorLaws("promote()", {
  operator: () => promote(made(line(), sgd(0.1), line(2), sgd(0.1))[0], { patience: 2 }),
  items: stepsAhead,
  expected: (given) => given.map((step, i) => ({ ...step, promotion: i === 1 ? "promoted" : "none" })),
  sharesState: "they decide about one service",
});

describe("shadow()", () => {
  it("trains each as if it were alone, and scores both before they learn", () => {
    const [service, a, b] = made(deep(), sgd(0.01), deep(2), adam(0.1));
    const alone = [
      { m: deep(), optimizer: sgd(0.01) },
      { m: deep(2), optimizer: adam(0.1) },
    ].map(({ m, optimizer }) => ({ m, own: learner(m, { loss, optimizer }) }));
    const states = [metric.init(), metric.init()];
    for (const [t, step] of run(service, batches, never).entries()) {
      const batch = batches[t]!;
      const readings = alone.map(({ m, own }, i) => {
        const prediction = m.predict(batch.x);
        const { loss } = own.learnBatch(batch);
        states[i] = metric.step(states[i]!, { prediction, target: batch.y });
        return { prediction, loss };
      });
      expect(gist(step)).toEqual({ ...readings[0], challenger: readings[1] });
      expect(step.scores).toEqual({ champion: metric.read(states[0]!), challenger: metric.read(states[1]!) });
      expect(step).toMatchObject({ id: t, size: 3, target: batch.y, version: 0, promotion: "none" });
    }
    expect([a, b].map(stateOf)).toEqual(alone.map(({ m }) => stateOf(m)));
  });

  it("never lets the challenger's failures reach the champion, and reports them", () => {
    const broken: Rule = {
      source: "broken()",
      init: () => ({ steps: 0 }),
      update: (g, state) => {
        const mine = state as { steps: number };
        if (++mine.steps % 2 === 0) throw new Error("the rule broke");
        return g;
      },
    };
    const [service, a] = made(line(), sgd(0.01), line(2), broken);
    const steps = run(service, batches, { margin: 0, patience: 2 }); // every other batch fails: never two in a row
    const alone = line();
    const own = learner(alone, { loss, optimizer: sgd(0.01) });
    expect(steps.map(({ loss }) => loss)).toEqual(batches.map((batch) => own.learnBatch(batch).loss));
    expect(stateOf(a)).toBe(stateOf(alone));
    const failed = steps.filter((step) => "failed" in step);
    expect(failed).toHaveLength(100);
    expect(failed[0]).toMatchObject({ id: 1, failed: { message: "the rule broke" } });
    expect(failed.every(({ challenger, scores }) => !challenger && Number.isNaN(scores.challenger))).toBe(
      true,
    );
  });

  it("gives a challenger that fails the champion's score: to leave out what is hard is no merit", () => {
    const rule = sgd(0.01);
    const picky: Rule = {
      ...rule,
      observe: (_, value) => {
        if (value > 1) throw new Error("too hard");
      },
    };
    const service = serving({ champion: of(line(), sgd(0.01)), challenger: of(line(2), picky), metric });
    const after: (readonly [boolean, boolean])[] = [];
    from(batches)
      .pipe(shadow(service))
      .subscribe((step) => {
        const { champion, challenger } = service.state.scores;
        after.push(["failed" in step, JSON.stringify(champion) === JSON.stringify(challenger)]);
      });
    expect(after.filter(([failed]) => failed).length).toBeGreaterThan(20);
    expect(after.filter(([failed, same]) => failed !== same)).toEqual([]);
  });

  it("refuses bad data before either has changed, or drops it", async () => {
    const bad = { x: matrix([[1, Number.NaN]]), y: matrix([[1]]) };
    const [service, a, b] = made(line(), sgd(0.1), line(2), sgd(0.1));
    const before = [a, b].map(stateOf);
    await expect(lastValueFrom(from([bad]).pipe(shadow(service)))).rejects.toThrow(
      /shadow\(\) in champion expects/,
    );
    expect([a, b].map(stateOf)).toEqual(before);
    const rejected: unknown[] = [];
    a.rejected$.subscribe(({ batch }) => rejected.push(batch));
    const steps = await lastValueFrom(
      from([bad, ...batches.slice(0, 2)]).pipe(shadow(service, { onInvalid: "skip" }), toArray()),
    );
    expect(rejected).toEqual([bad]);
    expect(steps.map(({ id }) => id)).toEqual([0, 1]);
  });

  it("learns batches that are pushed from its own steps in order", () => {
    const [service, a] = made(line(), sgd(0.1), line(2), sgd(0.01));
    const source$ = new Subject<Batch>();
    const ids: number[] = [];
    source$
      .pipe(shadow(service), promote(service, { patience: 1, probation: 0, margin: 0 }))
      .subscribe(({ id }) => {
        ids.push(id);
        if (id < 5) {
          source$.next(batches[id + 1]!);
          expect(ids.at(-1)).toBe(id);
        }
      });
    source$.next(batches[0]!);
    expect(ids).toEqual([0, 1, 2, 3, 4, 5]);
    expect(a.busy).toBe(false);
  });

  it.each(roads)("leaves nothing behind, with %s, also when a tap ends it while roles change", (_, make) => {
    for (const end of ["complete", "leave", "tap"]) {
      const [service, a, b] = make();
      const source$ = new Subject<Batch>();
      const subscription = source$.pipe(shadow(service), promote(service, eager)).subscribe();
      if (end === "tap") whenClosed(a, () => subscription.unsubscribe());
      for (const batch of batches) source$.next(batch);
      expect(service.version).toBeGreaterThan(0);
      if (end === "complete") source$.complete();
      else subscription.unsubscribe();
      expect(source$.observed).toBe(false);
      for (const { weights, runs } of [a, b]) {
        expect([weights.rules.size, weights.parts.running.size, weights.parts.waiting.length]).toEqual([
          0, 0, 0,
        ]);
        expect([...runs].filter(({ mode }) => mode === "train")).toEqual([]);
      }
    }
  });

  it("refuses a service that has a shadow", () => {
    const [service] = made(line(), sgd(0.1), line(2), sgd(0.01));
    const errors: string[] = [];
    const one = new Subject<Batch>().pipe(shadow(service)).subscribe();
    new Subject<Batch>().pipe(shadow(service)).subscribe({ error: ({ message }) => errors.push(message) });
    expect(errors).toEqual(["shadow() expects a service without a shadow at work, got one with it"]);
    one.unsubscribe();
  });
});

describe("promote()", () => {
  it("promotes the challenger after a drift to which it alone adapts, and predictions are better for it", async () => {
    const turned = () =>
      conceptDrift(sineConcept(2, { seed: 1 }), sineConcept(3, { seed: 2 }), { position: 4000, count: 8000 });
    const net = (seed: number) => model(chain(dense(2, 1, { activation: "sigmoid" })), { seed });
    const start = (frozen: boolean) => {
      const who = (m: Model, rate: number) => ({
        model: m,
        loss: binaryCrossentropy(),
        optimizer: sgd(rate),
      });
      return serving({
        champion: who(net(1), 0.03),
        challenger: who(net(1), frozen ? 0.03 : 5),
        metric: fading(0.98, logLoss()),
      });
    };
    const total = async (frozen: boolean) => {
      const service = start(frozen);
      const steps = await lastValueFrom(
        turned().pipe(
          minibatch(4),
          shadow(service),
          promote(service, { margin: 0.1, patience: 20 }),
          toArray(),
        ),
      );
      return { steps, sum: steps.slice(1000).reduce((sum, { loss }) => sum + loss, 0) };
    };
    const [own, alone] = [await total(false), await total(true)];
    const at = own.steps.findIndex(({ id, promotion }) => id >= 1000 && promotion === "promoted");
    expect(at).toBeGreaterThan(1000);
    expect(own.sum).toBeLessThan(0.9 * alone.sum);
  });

  it.each(roads)("puts the former champion back as it would have been, bit by bit, with %s", (_, make) => {
    const [service] = make();
    const [still] = make();
    from(batches)
      .pipe(
        shadow(service),
        tap(({ id }) => void ((id === 50 || id === 120) && service.exchange())),
      )
      .subscribe();
    run(still, batches, never);
    expect([service.version, still.version]).toEqual([2, 0]);
    expect(stateOf(service.champion)).toBe(stateOf(still.champion));
    expect(stateOf(service.challenger)).toBe(stateOf(still.challenger));
    expect(service.state.scores).toEqual(still.state.scores);
  });

  it.each(roads)("rolls back by itself when the promoted one degrades, with %s", (_, make) => {
    const wild = batches
      .slice(0, 60)
      .map(({ x }, i) => ({ x, y: matrix([0, 1, 2].map((j) => [i % 2 === j % 2 ? 30 : -30])) }));
    const flip: readonly Batch[] = [...batches.slice(0, 60), ...wild];
    const [service] = make();
    const steps = run(service, flip, eager);
    const changes = steps.filter(({ promotion }) => promotion !== "none").map(({ promotion }) => promotion);
    expect(changes.slice(0, 2)).toEqual(["promoted", "rolledBack"]);
    const until = steps.find(({ promotion }) => promotion === "rolledBack")!.id + 1;
    const [own, other] = [make()[0], make()[0]];
    run(own, flip.slice(0, until), eager);
    run(other, flip.slice(0, until), never);
    expect([own.version, other.version]).toEqual([2, 0]);
    expect(stateOf(own.champion)).toBe(stateOf(other.champion));
    expect(stateOf(own.challenger)).toBe(stateOf(other.challenger));
  });

  it("keeps the champion's model where the plans are one, and changes models where not", () => {
    for (const [, make] of roads) {
      const [service, a, b] = make();
      const same = a.plan.source === b.plan.source;
      service.exchange();
      expect(service.champion).toBe(same ? a : b);
      expect(service.challenger).toBe(same ? b : a);
    }
  });

  it("decides nothing by steps of a champion that has been replaced", async () => {
    const [service] = made(line(), sgd(0.001), line(2), sgd(0.1));
    const steps = await lastValueFrom(
      from(batches).pipe(shadow(service), delay(0), promote(service, { ...eager, probation: 0 }), toArray()),
    );
    expect(steps.filter(({ promotion }) => promotion !== "none")).toHaveLength(1);
    expect(service.version).toBe(1);
  });

  it("lets guards of both go with them", () => {
    const make = () =>
      serving({
        champion: { ...of(deep(), sgd(0.001)), guard: guard() },
        challenger: { ...of(deep(2), adam(0.1)), guard: guard() },
        metric,
      });
    const [service, still] = [make(), make()];
    const source$ = new Subject<Batch>();
    source$
      .pipe(
        shadow(service),
        tap(({ id }) => void (id % 10 === 9 && service.exchange())),
      )
      .subscribe();
    for (const batch of batches) source$.next(batch);
    run(still, batches, never);
    expect(service.version).toBe(20);
    expect([service.champion, service.challenger].map(stateOf)).toEqual(
      [still.champion, still.challenger].map(stateOf),
    );
    source$.complete();
  });
});

describe("serving()", () => {
  it.each(roads)(
    "answers 10,000 interleaved predictions as a replay of their version does, with %s",
    (_, make) => {
      const probe = matrix([[0.3, -0.7]]);
      const answers: { version: number; learned: number; bytes: string }[] = [];
      const [service, a, b] = make();
      const ask = () => {
        const { prediction, version, learned } = service.predict(probe);
        answers.push({ version, learned, bytes: bytesOf(prediction.data) });
      };
      const source$ = new Subject<Batch>();
      const watched = [a, b].flatMap((m) =>
        [0, 1, 2].flatMap((i) => (m.nodes[i] ? [activations$(m, i)] : [])),
      );
      for (const one$ of watched) one$.subscribe(() => nested());
      for (const m of [a, b]) whenClosed(m, ask);
      let depth = 0;
      const nested = () => {
        if (depth > 0) return; // a prediction is seen by taps as well
        depth++;
        ask();
        depth--;
      };
      source$
        .pipe(
          shadow(service),
          tap(ask),
          tap(({ id }) => void (id % 7 === 3 && service.exchange())),
          tap(ask),
        )
        .subscribe();
      for (let round = 0; round < 5; round++)
        for (const batch of batches) {
          ask();
          source$.next(batch);
          for (let i = 0; i < 5; i++) ask();
        }
      expect(answers.length).toBeGreaterThan(10_000);

      const [replay] = make();
      const wanted = new Map<string, string>();
      const note = () => {
        const { prediction } = replay.champion.predict(probe) && {
          prediction: replay.champion.predict(probe),
        };
        wanted.set(`${replay.version} ${replay.learned}`, bytesOf(prediction.data));
      };
      const again$ = new Subject<Batch>();
      again$.pipe(shadow(replay)).subscribe();
      for (let t = 0; t < 1000; t++) {
        note();
        again$.next(batches[t % 200]!);
        note();
        if (t % 7 === 3) replay.exchange();
        note();
      }
      const torn = answers.filter(
        ({ version, learned, bytes }) => wanted.get(`${version} ${learned}`) !== bytes,
      );
      expect(torn).toEqual([]);
      expect(new Set(answers.map(({ version }) => version)).size).toBe(144);
      source$.complete();
      again$.complete();
    },
  );

  it.each(roads)("goes on from what was saved in the middle of a probation, with %s", (_, make) => {
    const [whole] = make();
    const all = run(whole, batches);
    const [first, a, b] = make();
    let bytes: Uint8Array | undefined;
    const before: ShadowStep[] = [];
    from(batches.slice(0, 40))
      .pipe(shadow(first), promote(first, eager))
      .subscribe((step) => {
        before.push(step);
        if (step.id === 39) bytes = save({ a, b }, { parts: { first } });
      });
    expect(first.version).toBeGreaterThan(0);
    expect(first.state.promotion?.probation).toBeGreaterThan(0);
    const [second, c, d] = make();
    load({ a: c, b: d }, bytes!, { parts: { first: second } });
    const after = run(second, batches.slice(40));
    expect([...before, ...after].map(gist)).toEqual(all.map(gist));
    expect(second.state).toEqual(whole.state);
  });

  it("tells the version of the weights that answered, also when a batch waits until they have", () => {
    const [service, a] = made(line(), sgd(0.1), line(2), sgd(0.01));
    const source$ = new Subject<Batch>();
    source$.pipe(shadow(service)).subscribe(() => service.exchange());
    const before = a.predict(batches[0]!.x);
    activations$(a, 0)
      .pipe(take(1))
      .subscribe(() => source$.next(batches[0]!));
    expect(service.predict(batches[0]!.x)).toEqual({ prediction: before, version: 0, learned: 0 });
    expect([service.version, service.learned]).toEqual([1, 1]);
    source$.complete();
  });

  it("refuses a change of roles while a batch is in flight", () => {
    const [service, a] = made(line(), sgd(0.1), line(2), sgd(0.01));
    const messages: string[] = [];
    activations$(a, 0)
      .pipe(take(1))
      .subscribe(() => {
        try {
          service.exchange();
        } catch (error) {
          messages.push((error as Error).message);
        }
      });
    run(service, batches.slice(0, 2), never);
    expect(messages).toEqual(["serving() expects no batch in flight when roles change, got one"]);
  });

  it("refuses learners that cannot stand in each other's place", () => {
    const a = line();
    const one = of(a, sgd(0.1));
    const wide = of(model(chain(dense(3, 1))), sgd(0.1));
    expect(() => serving({ champion: one, challenger: one, metric })).toThrow(/model of its own/);
    expect(() => serving({ champion: one, challenger: wide, metric })).toThrow("a challenger of 2 inputs");
    expect(() => serving({ champion: one, challenger: of(line(), sgd(0.1)) } as never)).toThrow(
      "expects a metric",
    );
    expect(() => promote(made(line(), sgd(1), line(), sgd(1))[0], { patience: 0 })).toThrow("promotion()");
  });
});
