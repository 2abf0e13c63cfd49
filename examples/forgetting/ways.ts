import {
  adam,
  type Batch,
  categoricalCrossentropy,
  classBalancedReservoir,
  darkExperience,
  ewc,
  type Loss,
  type Model,
  newest,
  type PrequentialStep,
  prequential,
  prioritized,
  type Rule,
  replay,
  reservoir,
} from "rxgrad";
import type { OperatorFunction, Subject } from "rxjs";

/** An operator that learns. */
export type Learning = OperatorFunction<Batch, PrequentialStep<Record<never, never>>>;

const crossentropy = categoricalCrossentropy({ fromLogits: true });
const dark = darkExperience(crossentropy, { alpha: 0.3, beta: 0.5 });
const learn = (net: Model, loss: Loss = crossentropy, optimizer: Rule = adam(0.01)) =>
  prequential(net, { loss, optimizer });

/** A way to learn; `ends$` emits when a concept has ended, of which only ewc wants to be told. */
export type Way = (net: Model, seed: number, ends$: Subject<void>) => Learning;

/** With and without memory. */
export const ways: Readonly<Record<string, Way>> = {
  "no replay": (net) => learn(net),
  "newest(300)": (net, seed) => replay(newest(300, { seed }), learn(net)),
  "reservoir(300)": (net, seed) => replay(reservoir(300, { seed }), learn(net)),
  "classBalancedReservoir(300)": (net, seed) => replay(classBalancedReservoir(300, { seed }), learn(net)),
  "prioritized(reservoir(300))": (net, seed) =>
    replay(prioritized(reservoir(300, { seed }), { seed }), learn(net), { loss: crossentropy }),
  "reservoir(300), darkExperience": (net, seed) =>
    replay(reservoir(300, { seed }), learn(net, dark), { logits: true }),
  "ewc, no replay": (net, _, ends$) =>
    learn(net, crossentropy, ewc(adam(0.01), { lambda: 1000, consolidate: ends$ })),
};
