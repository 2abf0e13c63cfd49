import type { DriftReading } from "../../src/folds/drift.ts";
import { random } from "../../src/math/random.ts";

// drift detectors written naively: each reading from all the items since the last drift, nothing kept in between

type Numbers = readonly number[];
type Naive = (items: Numbers) => DriftReading;

const sum = (all: Numbers) => all.reduce((a, b) => a + b, 0);
const average = (all: Numbers) => sum(all) / all.length;
const squares = (all: Numbers) => sum(all.map((x) => (x - average(all)) ** 2));
const prefixes = (all: Numbers) => all.map((_, i) => all.slice(0, i + 1));

/** Begins anew after each drift. */
const restarting =
  (since: Naive): Naive =>
  (all) => {
    let start = 0;
    let reading = since([]);
    all.forEach((_, i) => {
      reading = since(all.slice(start, i + 1));
      if (reading.drift) start = i + 1;
    });
    return reading;
  };

/** Of items alone, the sum that never falls below 0, alike in both directions. */
const climbs = (
  all: Numbers,
  next: (sum: number, x: number, sign: number, i: number) => number,
  limit: number,
) => [1, -1].some((sign) => all.reduce((s, x, i) => Math.max(0, next(s, x, sign, i)), 0) > limit);

interface Fading {
  readonly mean: number;
  readonly squares: number;
}

export const naive = {
  adwin:
    ({ delta, clock, maxBuckets }: { delta: number; clock: number; maxBuckets: number }): Naive =>
    (all) => {
      const buckets: number[][] = []; // the items themselves, the newest bucket last
      let [drift, age, known] = [false, 0, 0]; // the last alarm, counted in items; the window begins at `age`
      const differ = (a: Numbers, b: Numbers) => {
        const window = [...a, ...b];
        const log = Math.log((2 * Math.log(window.length)) / delta);
        const m = 1 / a.length + 1 / b.length; // 1/m, as minWindow is 1
        const epsilon = Math.sqrt(2 * m * (squares(window) / window.length) * log) + (2 / 3) * log * m;
        return Math.abs(average(a) - average(b)) > epsilon;
      };
      all.forEach((x, i) => {
        buckets.push([x]);
        for (let size = 1; size <= all.length; size *= 2) {
          const alike = buckets.filter((b) => b.length === size);
          if (alike.length > maxBuckets) {
            const at = buckets.indexOf(alike[0]!);
            buckets.splice(at, 2, [...buckets[at]!, ...buckets[at + 1]!]);
          }
        }
        drift = false;
        if ((i + 1) % clock > 0 || buckets.flat().length <= 10) return;
        for (;;) {
          const older = buckets.findIndex(
            (_, k) =>
              k < buckets.length - 1 && differ(buckets.slice(0, k + 1).flat(), buckets.slice(k + 1).flat()),
          );
          if (older < 0 || buckets.flat().length <= 1) break;
          if (age + buckets.slice(0, older).flat().length >= known) drift = true;
          age += buckets.shift()!.length;
        }
        if (drift) known = i + 1;
      });
      const window = buckets.flat();
      return { drift, warning: false, count: window.length, estimate: average(window) };
    },

  kswin:
    (o: { alpha: number; window: number; recent: number; seed: number }): Naive =>
    (all) => {
      const rng = random(o.seed);
      /** P(D ≥ d) by walking over all ways to mix two samples of r: those that stay closer are subtracted. */
      const probability = (d: number) => {
        const closer = Array.from({ length: o.recent + 1 }, () => new Array<number>(o.recent + 1).fill(0));
        const ways = Array.from({ length: o.recent + 1 }, () => new Array<number>(o.recent + 1).fill(0));
        for (let i = 0; i <= o.recent; i++)
          for (let j = 0; j <= o.recent; j++) {
            const to = (table: number[][]) =>
              i + j === 0 ? 1 : (table[i - 1]?.[j] ?? 0) + (table[i]![j - 1] ?? 0);
            ways[i]![j] = to(ways);
            closer[i]![j] = Math.abs(i - j) < Math.round(d * o.recent) ? to(closer) : 0;
          }
        return 1 - closer[o.recent]![o.recent]! / ways[o.recent]![o.recent]!;
      };
      let window: number[] = [];
      let drift = false;
      for (const x of all) {
        window = [...(drift ? window.slice(-o.recent) : window), x].slice(-o.window);
        drift = false;
        if (window.length < o.window) continue;
        const older = window.slice(0, -o.recent);
        const newer = window.slice(-o.recent);
        const drawn = newer.map((_, i) => {
          const j = i + rng.below(older.length - i);
          [older[i], older[j]] = [older[j]!, older[i]!];
          return older[i]!;
        });
        const share = (sample: Numbers, t: number) => sample.filter((v) => v <= t).length / o.recent;
        const d = Math.max(...window.map((t) => Math.abs(share(drawn, t) - share(newer, t))));
        drift = probability(d) <= o.alpha;
      }
      return { drift, warning: false, count: window.length, estimate: average(window) };
    },

  pageHinkley: (o: { minItems: number; delta: number; threshold: number; alpha: number }): Naive =>
    restarting((all) => {
      const next = (m: number, x: number, sign: number, i: number) =>
        o.alpha * m + sign * (x - average(all.slice(0, i + 1))) - o.delta;
      const drift = all.length >= o.minItems && climbs(all, next, o.threshold);
      return { drift, warning: false, count: all.length, estimate: average(all) };
    }),

  cusum: ({ warmup, slack, threshold }: { warmup: number; slack: number; threshold: number }): Naive =>
    restarting((all) => {
      const reference = all.slice(0, warmup);
      const sigma = Math.sqrt(squares(reference) / (warmup - 1));
      const z = all.slice(warmup).map((x) => (x - average(reference)) / sigma);
      const drift = climbs(z, (s, x, sign) => s + sign * x - slack, threshold);
      return { drift, warning: false, count: all.length, estimate: average(reference) };
    }),

  ddm: (o: { minItems: number; minErrors: number; warningLevel: number; driftLevel: number }): Naive =>
    restarting((all) => {
      const seen = prefixes(all)
        .filter((some) => some.length > o.minItems && sum(some) >= o.minErrors)
        .map((some) => ({
          p: average(some),
          s: Math.sqrt((average(some) * (1 - average(some))) / some.length),
        }));
      const last = seen.at(-1);
      // on ties the later one
      const best = seen.reduceRight((a, b) => (b.p + b.s < a.p + a.s ? b : a), last ?? { p: 2, s: 2 });
      const above = (level: number) => last !== undefined && last.p + last.s > best.p + level * best.s;
      const drift = above(o.driftLevel);
      return { drift, warning: !drift && above(o.warningLevel), count: all.length, estimate: average(all) };
    }),

  eddm: (o: { minErrors: number; warningLevel: number; driftLevel: number }): Naive =>
    restarting((all) => {
      const at = all.flatMap((x, i) => (x === 1 ? [i] : []));
      const distances = at.map((i, k) => i - (at[k - 1] ?? -1));
      const reach = prefixes(distances)
        .filter(({ length }) => length > o.minErrors / 2)
        .map((d) => average(d) + 2 * Math.sqrt(squares(d) / (d.length - 1)));
      const level = distances.length > o.minErrors ? reach.at(-1)! / Math.max(...reach) : 1;
      const drift = level < o.driftLevel;
      return {
        drift,
        warning: !drift && level < o.warningLevel,
        count: all.length,
        estimate: average(distances),
      };
    }),

  hddmA: (o: { driftConfidence: number; warningConfidence: number }): Naive =>
    restarting((all) => {
      const risen = (confidence: number) =>
        [1, -1].some((sign) => {
          const reach = (some: Numbers) =>
            sign * average(some) + Math.sqrt(Math.log(1 / o.driftConfidence) / (2 * some.length));
          const cut = prefixes(all).reduceRight((a, b) => (reach(b) < reach(a) ? b : a), all);
          const [n, c] = [all.length, cut.length];
          const epsilon = Math.sqrt(((n - c) / (2 * c * n)) * Math.log(2 / confidence));
          return c < n && sign * (average(all) - average(cut)) >= epsilon;
        });
      const drift = risen(o.driftConfidence);
      return {
        drift,
        warning: !drift && risen(o.warningConfidence),
        count: all.length,
        estimate: average(all),
      };
    }),

  hddmW: (o: { driftConfidence: number; warningConfidence: number; lambda: number }): Naive =>
    restarting((all) => {
      const fade = (some: Numbers): Fading => ({
        mean: some.slice(1).reduce((m, x) => o.lambda * x + (1 - o.lambda) * m, some[0] ?? Number.NaN),
        squares: some.reduce((s) => o.lambda ** 2 + (1 - o.lambda) ** 2 * s, 1),
      });
      const bound = (s: number, confidence: number) => Math.sqrt((s * Math.log(1 / confidence)) / 2);
      const risen = (confidence: number) =>
        [1, -1].some((sign) => {
          const reach = (f: Fading) => sign * f.mean + bound(f.squares, o.driftConfidence);
          const cuts = prefixes(all).map((some) => reach(fade(some)));
          const cut = cuts.indexOf(Math.min(...cuts)) + 1;
          const [before, after] = [fade(all.slice(0, cut)), fade(all.slice(cut))];
          return (
            cut < all.length &&
            sign * (after.mean - before.mean) > bound(before.squares + after.squares, confidence)
          );
        });
      const drift = risen(o.driftConfidence);
      return {
        drift,
        warning: !drift && risen(o.warningConfidence),
        count: all.length,
        estimate: fade(all).mean,
      };
    }),
};
