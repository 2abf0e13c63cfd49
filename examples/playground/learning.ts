import {
  type AdaptedStep,
  accuracy,
  adagrad,
  adam,
  adapting,
  adwin,
  alertOnly,
  binaryCrossentropy,
  chain,
  cocob,
  type DriftPolicy,
  type DriftReading,
  dense,
  type Fold,
  hddmA,
  inOrder,
  l1,
  lion,
  type Model,
  meanSquaredError,
  minibatch,
  model,
  pageHinkley,
  r2,
  raiseRate,
  resetOptimizer,
  restart,
  rmsprop,
  rolling,
  type Scored,
  sgd,
  weightDecay,
} from "rxgrad";
import { map, type Observable, type OperatorFunction } from "rxjs";
import { dataSets, type Point } from "./dataSets.ts";
import { widened } from "./inputs.ts";
import type { Settings } from "./settings.ts";
import { worsening } from "./worsening.ts";

type Rule = ReturnType<typeof sgd>;
export type Step = AdaptedStep<{ score: Fold<Scored, number> }>;

const rules: Readonly<Record<Settings["optimizer"], (rate$: Observable<number>) => Rule>> = {
  sgd: (rate$) => sgd(rate$),
  momentum: (rate$) => sgd(rate$, { momentum: 0.9 }),
  adagrad: (rate$) => adagrad(rate$),
  rmsprop: (rate$) => rmsprop(rate$),
  adam: (rate$) => adam(rate$),
  lion: (rate$) => lion(rate$),
  cocob: () => cocob(),
};
const detectors: Readonly<Record<Settings["detector"], () => Fold<number, DriftReading>>> = {
  adwin: () => worsening(adwin({ clock: 8 })),
  hddmA: () => hddmA(),
  pageHinkley: () => pageHinkley({ threshold: 5, direction: "up" }),
};
const policies: Readonly<Record<Settings["policy"], () => DriftPolicy>> = {
  alertOnly: () => alertOnly(),
  resetOptimizer: () => resetOptimizer(),
  raiseRate: () => raiseRate(),
  restart: () => restart(),
};

/** How many batches the score looks back on: about 200 samples. */
export const lookBack = (batch: number): number => Math.ceil(200 / batch);

/** The inputs, the hidden layers, and one output: a probability, or a number. */
export const network = ({ layers, extras, activation, data, seed }: Settings): Model => {
  const widths = [2 + extras.length, ...layers];
  const hidden = layers.map((width, i) => dense(widths[i]!, width, { activation }));
  const last = widths[layers.length]!;
  const output =
    dataSets[data].task === "classes" ? dense(last, 1, { activation: "sigmoid" }) : dense(last, 1);
  return model(chain(...hidden, output), { seed });
};

const ruleOf = ({ optimizer, penalty, strength }: Settings, rate$: Observable<number>): Rule => {
  const rule = rules[optimizer](rate$);
  if (penalty === "none") return rule;
  return inOrder(penalty === "l1" ? l1(strength) : weightDecay(strength), rule);
};

/** How wrong a batch was, from 0 to 1: the share of wrong classes, or the mean distance. */
const wrongness = (numbers: boolean): ((step: Scored) => number) => {
  const right = accuracy();
  if (!numbers) return (step) => 1 - right.read(right.step(right.init(), step));
  return ({ prediction, target }) => {
    let sum = 0;
    for (let i = 0; i < target.rows; i++) sum += Math.abs(prediction.data[i]! - target.data[i]!);
    return Math.min(1, sum / target.rows);
  };
};

/** The pipeline of the page: samples in, steps out; each is predicted, scored and learned, and the detector sees its errors. */
export const learning = (
  net: Model,
  settings: Settings,
  rate$: Observable<number>,
): OperatorFunction<Point, Step> => {
  const numbers = dataSets[settings.data].task === "numbers";
  const past = lookBack(settings.batch);
  const score: Fold<Scored, number> = numbers ? rolling(past, r2()) : rolling(past, accuracy());
  return (samples$) =>
    samples$.pipe(
      map(widened(settings)),
      minibatch(settings.batch),
      adapting(net, {
        loss: numbers ? meanSquaredError() : binaryCrossentropy(),
        optimizer: ruleOf(settings, rate$),
        detector: detectors[settings.detector](),
        monitor: wrongness(numbers),
        policy: policies[settings.policy](),
        metrics: { score },
      }),
    );
};
