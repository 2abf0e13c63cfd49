import * as rxgrad from "rxgrad";
import { adwin, matrix, random } from "rxgrad";
import { BehaviorSubject, from, map, of, Subject } from "rxjs";
import { describe, expect, test } from "vitest";
import { codeOf } from "../../examples/playground/code.ts";
import { contour } from "../../examples/playground/contour.ts";
import { dataSets, extent, type Point } from "../../examples/playground/dataSets.ts";
import { answersOf, gridOf, shownColumn } from "../../examples/playground/field.ts";
import { history, placeOf } from "../../examples/playground/history.ts";
import { learning, network } from "../../examples/playground/learning.ts";
import { linePath, roundUp } from "../../examples/playground/linePath.ts";
import { networkLayout } from "../../examples/playground/networkLayout.ts";
import { pacing } from "../../examples/playground/pacing.ts";
import { session } from "../../examples/playground/session.ts";
import {
  choices,
  defaults,
  extras,
  fromHash,
  type Settings,
  toHash,
} from "../../examples/playground/settings.ts";
import { pixelsOf, rgbOf, shade, thinned } from "../../examples/playground/shading.ts";
import { world } from "../../examples/playground/world.ts";
import { worsening } from "../../examples/playground/worsening.ts";

const names = Object.keys(choices) as (keyof typeof choices)[];
/** Settings by chance. */
const some = (rng: rxgrad.Random): Settings => ({
  ...defaults,
  ...Object.fromEntries(names.map((name) => [name, choices[name][rng.below(choices[name].length)]])),
  layers: Array.from({ length: rng.below(4) }, () => 1 + rng.below(6)),
  extras: extras.filter(() => rng.below(2) === 0),
  seed: rng.below(1000),
});
const samplesOf = (settings: Settings, count: number) => {
  const truth = world(settings.data, settings.seed);
  return Array.from({ length: count }, () => truth.next(settings.noise));
};

describe("settings", () => {
  test("fromHash() gives back what toHash() was given", () => {
    const rng = random(3);
    for (let i = 0; i < 300; i++) {
      const settings = some(rng);
      expect(fromHash(`#${toHash(settings)}`)).toEqual(settings);
    }
    expect(toHash(defaults)).toBe("");
  });

  test("fromHash() leaves at its default what it does not understand", () => {
    expect(fromHash("#data=cats&noise=7&layers=8,x&seed=-1&rate=&speed=__proto__")).toEqual(defaults);
    expect(fromHash("#extras=ab,cats,aa").extras).toEqual(["aa", "ab"]);
    expect(fromHash("#layers=99").layers).toEqual(defaults.layers);
    expect(fromHash("#layers=1,2,3,4,5,6").layers).toEqual(defaults.layers);
    expect(fromHash("#seed=")).toEqual({ ...defaults, seed: 0 });
  });
});

describe("streams", () => {
  test.each(choices.data)(
    "%s is the same stream for the same seed, on the plane, with both labels",
    (data) => {
      const settings = { ...defaults, data };
      const samples = samplesOf(settings, 2000);
      expect(samples).toEqual(samplesOf(settings, 2000));
      expect(samples).not.toEqual(samplesOf({ ...settings, seed: 2 }, 2000));
      expect(samples.filter(({ x }) => x.some((v) => Math.abs(v) > extent)).length).toBeLessThan(20);
      const mean = samples.reduce((sum, { y }) => sum + y, 0) / 2000;
      expect(Math.abs(mean - (dataSets[data].task === "classes" ? 0.5 : 0))).toBeLessThan(0.06);
    },
  );

  test("drift() turns labels round at once, and back", () => {
    const [still, turning] = [world("moons", 1), world("moons", 1)];
    const pairs = (count: number) =>
      Array.from({ length: count }, () => [still.next(0.1), turning.next(0.1)] as const);
    for (const [a, b] of pairs(50)) expect(b).toEqual(a);
    turning.drift("labels", 0);
    for (const [a, b] of pairs(50)) expect(b).toEqual({ x: a.x, y: 1 - a.y });
    turning.drift("labels", 0);
    for (const [a, b] of pairs(50)) expect(b).toEqual(a);
  });

  test("drift() turns labels bit by bit when told so", () => {
    const [still, turning] = [world("blobs", 1), world("blobs", 1)];
    turning.drift("labels", 1000);
    const turned = Array.from({ length: 1200 }, () => Number(still.next(0).y !== turning.next(0).y));
    const count = (a: number, b: number) => turned.slice(a, b).reduce((sum, one) => sum + one, 0);
    expect(count(0, 200)).toBeLessThan(40);
    expect(Math.abs(count(400, 600) - 100)).toBeLessThan(35);
    expect(count(1000, 1200)).toBe(200);
  });

  test("drift() turns and moves the plane, and keeps distances", () => {
    const [still, turned] = [world("xor", 4), world("xor", 4)];
    turned.drift("rotation", 0);
    const [a, b] = [still.next(0), turned.next(0)];
    expect(Math.hypot(...b.x)).toBeCloseTo(Math.hypot(...a.x), 10);
    expect(Math.atan2(b.x[1], b.x[0]) - Math.atan2(a.x[1], a.x[0])).toSatisfy(
      (angle: number) => Math.abs(Math.cos(angle) - 0.5) < 1e-10,
    );
    turned.drift("shift", 0);
    const [c, d] = [still.next(0), turned.next(0)];
    const back = [d.x[0] - 0.6, d.x[1] + 0.8] as const;
    expect(Math.hypot(...back)).toBeCloseTo(Math.hypot(...c.x), 10);
  });
});

describe("learning", () => {
  test("codeOf() is what the page runs: for all kinds of settings the same losses, bit by bit", () => {
    const rng = random(8);
    const every = [
      ...names.flatMap((name) => choices[name].map((one) => ({ ...defaults, [name]: one }) as Settings)),
      ...Array.from({ length: 30 }, () => some(rng)),
    ];
    for (const settings of every) {
      const safe = { ...settings, rate: Math.min(settings.rate, 0.03) } as Settings;
      const samples = samplesOf(safe, 300);
      const [ran, shown]: [unknown[], unknown[]] = [[], []];
      const net = network(safe);
      from(samples)
        .pipe(learning(net, safe, of(safe.rate)))
        .subscribe(({ loss, metrics, drift }) => ran.push([loss, metrics.score, drift]));
      const code = codeOf(safe)
        .replace(/^import (\{[\s\S]*?\}) from "rxgrad";/, "const $1 = rxgrad;")
        .replace('import { map } from "rxjs";', "");
      new Function("rxgrad", "map", "samples$", "rate$", "show", code)(
        rxgrad,
        map,
        from(samples),
        of(safe.rate),
        (...told: unknown[]) => shown.push(told),
      );
      expect(ran.length).toBe(Math.ceil(300 / safe.batch));
      expect(shown).toEqual(ran);
      net.dispose();
    }
  });

  test("codeOf() imports what it uses, in lines that can be read", () => {
    const code = codeOf({ ...defaults, penalty: "l1", data: "hills", policy: "raiseRate" });
    expect(code).toMatch(/inOrder\(l1\(0\.001\), adam\(rate\$\)\)/);
    expect(code).toContain("raiseRate(),");
    expect(Math.max(...code.split("\n").map((line) => line.length))).toBeLessThan(90);
  });

  test("network() without a hidden layer learns circles from squares, and not from a and b alone", () => {
    const score = (beside: Settings["extras"]): number => {
      const settings: Settings = { ...defaults, data: "circles", layers: [], extras: beside, rate: 0.1 };
      const one = session(settings, new BehaviorSubject(settings), () => {});
      for (let i = 0; i < 4000; i++) one.feed(0.1);
      one.close();
      return one.score;
    };
    expect(score(["aa", "bb"])).toBeGreaterThan(0.95);
    expect(score([])).toBeLessThan(0.75);
  });

  test("worsening() is silent about changes to the better, and not about those to the worse", () => {
    const detector = worsening(adwin({ clock: 8 }));
    const rng = random(2);
    const alarms: number[] = [];
    let state = detector.init();
    for (let i = 0; i < 3000; i++) {
      const rate = i < 1000 ? 0.5 : i < 2000 ? 0.05 : 0.5;
      state = detector.step(state, Number(rng.uniform() < rate));
      if (detector.read(state).drift) alarms.push(i);
    }
    expect(alarms.length).toBeGreaterThan(0);
    expect(alarms.every((i) => i > 2000 && i < 2200)).toBe(true);
  });

  test("session() learns moons, falls with the drift, tells of it once, and comes back", () => {
    const told: string[] = [];
    const one = session(defaults, new BehaviorSubject(defaults), (adapted) => told.push(adapted));
    for (let i = 0; i < 4000; i++) one.feed(0.1);
    expect(one.score).toBeGreaterThan(0.95);
    expect(told).toEqual([]);
    one.drift("labels", 0);
    for (let i = 0; i < 100; i++) one.feed(0.1);
    expect(one.score).toBeLessThan(0.8);
    for (let i = 0; i < 5000; i++) one.feed(0.1);
    expect(one.score).toBeGreaterThan(0.95);
    expect(told).toEqual(["none"]);
    expect(one.seen.length).toBe(300);
    expect(one.steps).toBe(one.events / 4);
    one.close();
  });

  test("session() takes the rate from the settings as they come, and begins a training anew only where it must", () => {
    const settings$ = new BehaviorSubject<Settings>({ ...defaults, optimizer: "sgd", batch: 1 });
    const one = session(settings$.value, settings$, () => {});
    const weights = () => [...one.net.weights.values.data];
    const change = (some: Partial<Settings>) => settings$.next({ ...settings$.value, ...some });
    const moved = () => {
      const before = weights();
      one.step(0.1);
      return Math.hypot(...weights().map((w, i) => w - before[i]!));
    };
    change({ rate: 1 });
    expect(moved()).toBeGreaterThan(1e-3);
    change({ rate: 0.0001 });
    expect(moved()).toBeLessThan(1e-3);
    change({ batch: 8, policy: "restart" });
    const { events } = one;
    one.step(0.1);
    expect(one.events - events).toBe(8);
    expect(one.seen.length).toBe(10);
    one.close();
    expect(settings$.observed).toBe(false);
    expect(one.net.runs.size).toBe(0);
  });

  test("session() tells why it stopped when the loss is no longer finite", () => {
    const settings: Settings = {
      ...defaults,
      data: "hills",
      activation: "relu",
      optimizer: "momentum",
      rate: 1,
      layers: [10, 10],
    };
    const one = session(settings, new BehaviorSubject(settings), () => {});
    for (let i = 0; i < 4000 && one.failure === undefined; i++) one.feed(0.5);
    expect(one.failure).toMatch(/finite/);
    one.step(0.1); // does not wait for what will not come
    one.close();
  });
});

describe("drawing", () => {
  test("answersOf() gives what each layer answers, the last being the prediction, and leaves no tap behind", () => {
    const net = network({ ...defaults, layers: [3, 4] });
    const grid = gridOf(10);
    const answers = answersOf(net, grid);
    expect(answers.map(({ rows, cols }) => [rows, cols])).toEqual([
      [100, 3],
      [100, 4],
      [100, 1],
    ]);
    expect([...answers[2]!.data]).toEqual([...net.predict(grid).data]);
    const column = shownColumn(
      matrix([
        [1, -4],
        [0, 2],
      ]),
      1,
      "relu",
    );
    expect([...column]).toEqual([-1, 0.5]);
    expect([...shownColumn(matrix([[0.5], [1]]), 0, "sigmoid")]).toEqual([0, 1]);
  });

  test("gridOf() begins in the upper left and goes row by row", () => {
    const { rows, data } = gridOf(4);
    expect(rows).toBe(16);
    expect(data[0]).toBeCloseTo(-0.75 * extent, 5);
    expect(data[1]).toBeCloseTo(0.75 * extent, 5);
    expect(data[2]).toBeGreaterThan(data[0]!);
    expect(data[9]).toBeLessThan(data[1]!);
  });

  test("contour() goes through the zeros of a plane and of a circle", () => {
    const n = 30;
    const values = (f: (x: number, y: number) => number) =>
      Array.from({ length: n * n }, (_, i) => f((i % n) + 0.5, Math.floor(i / n) + 0.5));
    const line = contour(
      values((x) => x - 7.25),
      n,
    );
    expect(line.length).toBe(n - 1);
    for (const [x0, , x1] of line)
      expect([x0, x1].map((x) => x.toFixed(6))).toEqual(["7.250000", "7.250000"]);
    const circle = contour(
      values((x, y) => Math.hypot(x - 15, y - 15) - 10),
      n,
    );
    const length = circle.reduce((sum, [x0, y0, x1, y1]) => sum + Math.hypot(x1 - x0, y1 - y0), 0);
    expect(Math.abs(length - 20 * Math.PI)).toBeLessThan(0.5);
    for (const [x, y] of circle) expect(Math.abs(Math.hypot(x - 15, y - 15) - 10)).toBeLessThan(0.05);
  });

  test("contour() parts a saddle by its mean, and finds nothing where nothing changes", () => {
    expect(contour([1, 1, 1, 1], 2)).toEqual([]);
    const middle = ([x0, y0, x1, y1]: readonly number[]) => [(x0! + x1!) / 2, (y0! + y1!) / 2];
    const high = contour([3, -1, -1, 3], 2).map(middle); // the low corners are cut off: upper right, lower left
    expect(high.every(([x, y]) => Math.abs(x! + y! - 2) < 1e-9)).toBe(true);
    const low = contour([1, -3, -3, 1], 2).map(middle); // the high ones: upper left, lower right
    expect(low.every(([x, y]) => Math.abs(x! - y!) < 1e-9)).toBe(true);
  });

  test("shade() mixes colors, and pixelsOf() writes them", () => {
    const palette = { low: [0, 0, 100], middle: [100, 100, 100], high: [200, 0, 0] } as const;
    expect(shade(-1, palette)).toEqual([0, 0, 100]);
    expect(shade(0.5, palette)).toEqual([150, 50, 50]);
    expect(shade(7, palette)).toEqual([200, 0, 0]);
    expect(shade(Number.NaN, palette)).toEqual([100, 100, 100]);
    expect([...pixelsOf([0, 1], palette, new Uint8ClampedArray(8))]).toEqual([
      100, 100, 100, 255, 200, 0, 0, 255,
    ]);
    expect(rgbOf("rgb(1, 22, 255)")).toEqual([1, 22, 255]);
    expect([
      ...thinned(
        Float32Array.from({ length: 16 }, (_, i) => i),
        4,
        2,
      ),
    ]).toEqual([0, 2, 8, 10]);
  });

  test("networkLayout() keeps neurons apart and inside, with a line for each weight", () => {
    const rng = random(5);
    for (let i = 0; i < 200; i++) {
      const widths = [2, ...Array.from({ length: rng.below(6) }, () => 1 + rng.below(10)), 1];
      const [width, height] = [300 + rng.below(700), 340 + rng.below(200)];
      const { size, places, links } = networkLayout(widths, width, height, 58);
      expect(places.length).toBe(widths.reduce((a, b) => a + b));
      expect(links.length).toBe(widths.slice(1).reduce((sum, n, layer) => sum + n * widths[layer]!, 0));
      for (const { x, y } of places) {
        expect(x).toBeGreaterThanOrEqual(size / 2 - 1e-9);
        expect(x).toBeLessThanOrEqual(width - size / 2 + 1e-9);
        expect(y).toBeGreaterThan(58);
        expect(y).toBeLessThanOrEqual(height - size / 2 + 1e-9);
      }
      const [a, b] = [places.at(-2)!, places.at(-1)!];
      expect(b.x - a.x).toBeGreaterThan(size);
      for (const [j, one] of places.entries())
        for (const other of places.slice(j + 1))
          if (one.layer === other.layer) expect(other.y - one.y).toBeGreaterThan(size);
    }
  });

  test("linePath() goes from left to right, inside of its box, with gaps where there is no number", () => {
    expect(linePath([0, 1, 5, -5], 30, 10, 0, 2)).toBe("M0.0 10.0L10.0 5.0L20.0 0.0L30.0 10.0");
    expect(linePath([1, Number.NaN, 1], 20, 10, 0, 2)).toBe("M0.0 5.0M20.0 5.0");
    expect(
      [0.03, 0.2, 1, 1.1, 51, 0, Number.POSITIVE_INFINITY].map(roundUp).map((v) => Number(v.toPrecision(3))),
    ).toEqual([0.05, 0.2, 1, 2, 100, 1, 1]);
  });

  test("history() keeps so many moments, and marks only among them", () => {
    const past = history(10);
    for (let i = 1; i <= 50; i++) {
      past.add(10 * i - 5, 1, 0.5);
      past.add(10 * i, 3, 0.75);
      if (i % 20 === 5) past.mark({ at: 10 * i, kind: "alarm" });
      past.tick();
      past.tick(); // nothing came
    }
    expect(past.moments.length).toBe(10);
    expect(past.moments[9]).toEqual({ at: 500, loss: 2, score: 0.75 });
    expect(past.marks).toEqual([{ at: 450, kind: "alarm" }]);
    expect(placeOf(past.moments, 450)).toBeCloseTo(4 / 9, 10);
    expect(placeOf(past.moments, 455)).toBeCloseTo(4.5 / 9, 10);
    expect(placeOf(past.moments, 600)).toBe(1);
    expect(placeOf(past.moments, 0)).toBe(0);
  });

  test("pacing() lets samples come at their speed, and never for longer than its time", () => {
    let clock = 0;
    let fed = 0;
    const pace = pacing(9, () => clock);
    const feed = (ms: number) => () => {
      fed++;
      clock += ms;
      return true;
    };
    for (let i = 0; i < 100; i++) pace.run(30, 16, feed(0));
    expect(Math.abs(fed - 48)).toBeLessThanOrEqual(1); // the last may be due in the next frame
    fed = 0;
    pace.run(Number.POSITIVE_INFINITY, 16, feed(1));
    expect(fed).toBe(9);
    pace.run(1e6, 16, feed(1));
    expect(fed).toBe(18);
    pace.run(0, 16, feed(1));
    expect(fed).toBe(18); // nothing is left over
    pace.run(1000, 16, () => false);
  });
});

test("learning() ends with its source and leaves nothing subscribed", () => {
  const samples$ = new Subject<Point>();
  const rate$ = new BehaviorSubject(0.01);
  const net = network(defaults);
  const run = samples$.pipe(learning(net, defaults, rate$)).subscribe();
  for (let i = 0; i < 8; i++) samples$.next({ x: [0, i], y: i % 2 });
  expect(rate$.observed).toBe(true);
  run.unsubscribe();
  expect([rate$.observed, samples$.observed, net.runs.size]).toEqual([false, false, 0]);
});
