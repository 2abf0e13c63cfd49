import type { Combined } from "../../src/folds/combined.ts";

type Losses = readonly (readonly number[])[];

const sum = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);
const failedBy = (items: Losses, i: number, t = items.length): boolean =>
  items.slice(0, t).some((losses) => !Number.isFinite(losses[i]));
const failuresOf = (items: Losses, k: number): number[] =>
  [...items.keys()].flatMap((t) =>
    Array.from({ length: k }, (_, i) => i).filter((i) => failedBy(items, i, t + 1) && !failedBy(items, i, t)),
  );
const combined = (weights: number[], items: Losses): Combined => ({
  weights,
  champion: weights.indexOf(Math.max(...weights)),
  failed: failuresOf(items, weights.length),
});
const normal = (w: readonly number[]): number[] => w.map((v) => v / sum(w));

/** w ∝ exp(−η·Σ φ^(n−1−t)·ℓₜ), from all of the items. */
export const naiveWeights =
  ({ eta, fading }: { eta: () => number; fading: number }) =>
  (items: Losses): Combined =>
    combined(
      normal(
        [0, 1, 2].map((i) =>
          failedBy(items, i)
            ? 0
            : Math.exp(-eta() * sum(items.map((losses, t) => losses[i]! * fading ** (items.length - 1 - t)))),
        ),
      ),
      items,
    );

/** Fixed share as it is told: multiply, normalise, deal out evenly. */
export const naiveShares =
  (eta: number, share: number) =>
  (items: Losses): Combined => {
    let w = [1 / 3, 1 / 3, 1 / 3];
    items.forEach((losses, t) => {
      const alive = losses.map((_, i) => !failedBy(items, i, t + 1));
      w = normal(w.map((v, i) => (alive[i] ? v * Math.exp(-eta * losses[i]!) : 0)));
      w = w.map((v, i) => (alive[i] ? (1 - share) * v + share / alive.filter(Boolean).length : 0));
    });
    return combined(w, items);
  };

/** AdaHedge as in figure 1 of de Rooij et al. (2014): L, Δ, η = ln K / Δ, follow the leaders where Δ is 0. */
export const naiveAdaHedge = (items: Losses): Combined => {
  let gap = 0;
  const L = [0, 0];
  const weights = (η: number) => {
    const mn = Math.min(...L);
    return normal(
      L.map((l) => (η === Number.POSITIVE_INFINITY ? Number(l === mn) : Math.exp(-η * (l - mn)))),
    );
  };
  const eta = () => Math.log(2) / gap;
  for (const losses of items) {
    const w = weights(eta());
    const h = sum(w.map((v, i) => v * losses[i]!));
    const m =
      eta() === Number.POSITIVE_INFINITY
        ? Math.min(...losses.filter((_, i) => w[i]! > 0))
        : -Math.log(sum(w.map((v, i) => v * Math.exp(-eta() * losses[i]!)))) / eta();
    losses.forEach((loss, i) => {
      L[i]! += loss;
    });
    gap += Math.max(0, h - m);
  }
  return combined(weights(eta()), items);
};

/** Who is champion after each item, by fading losses written out. */
export const naiveChampion =
  ({ fading, margin, patience }: { fading: number; margin: number; patience: number }) =>
  (items: Losses): Combined => {
    let champion = 0;
    let since = 0;
    const P = (i: number, t: number) => {
      const until = items.slice(0, t + 1);
      const w = until.map((_, s) => fading ** (t - s));
      return sum(until.map((losses, s) => w[s]! * losses[i]!)) / sum(w);
    };
    items.forEach((_, t) => {
      const alive = [0, 1, 2].filter((i) => !failedBy(items, i, t + 1));
      const better = (i: number) =>
        [...Array(patience).keys()].every((back) => {
          const s = t - back;
          return s >= since && P(i, s) < (1 - margin) * P(champion, s);
        });
      const out = !alive.includes(champion);
      const able = out ? alive : alive.filter(better);
      if (able.length === 0) return;
      champion = able.reduce((a, b) => (P(b, t) < P(a, t) ? b : a));
      since = t + 1;
    });
    return { weights: [0, 1, 2].map((i) => Number(i === champion)), champion, failed: failuresOf(items, 3) };
  };

/** What becomes of a champion, from all items: each decision opens a stretch in which the next one is looked for. */
export const naivePromotion =
  (options: { margin: number; patience: number; probation: number; better: "lower" | "higher" }) =>
  (items: readonly { champion: number; challenger: number }[]): string => {
    const { margin, patience, probation, better } = options;
    const turned = better === "lower" ? 1 : -1;
    const leads = items.map(({ champion: a, challenger: b }) => ({
      atAll: !Number.isNaN(b) && (Number.isNaN(a) || turned * b < turned * a),
      clearly: !Number.isNaN(b) && (Number.isNaN(a) || turned * b < turned * a - margin * Math.abs(a)),
    }));
    const next = (from: number): { at: number; what: string; free: number } | undefined => {
      const at = leads.findIndex(
        (_, t) => t >= from + patience - 1 && leads.slice(t - patience + 1, t + 1).every((l) => l.clearly),
      );
      if (at < 0) return undefined;
      const back = leads.findIndex((l, t) => t > at && t <= at + probation && l.atAll);
      if (items.length - 1 === at) return { at, what: "promoted", free: items.length };
      return back < 0
        ? { at: at + probation, what: "none", free: at + probation + 1 }
        : { at: back, what: "rolledBack", free: back + 1 };
    };
    for (let from = 0; ; ) {
      const found = next(from);
      if (!found) return "none";
      if (found.at >= items.length - 1) return found.at === items.length - 1 ? found.what : "none";
      from = found.free;
    }
  };
