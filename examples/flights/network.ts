import {
  adam,
  binaryCrossentropy,
  chain,
  columns,
  concatenate,
  dense,
  embedding,
  huber,
  type Loss,
  type Matrix,
  type Model,
  model,
  multitask,
  parallel,
  type Rule,
  zeroInit,
} from "rxgrad";
import { codes } from "./features.ts";
import { type Flight, isLate } from "./flight.ts";
import type { Guess } from "./rivals.ts";

const hidden = 32;
const minutesPerUnit = 30;

/** One trunk for both questions: a learned vector for each code, beside the numbers, and one hidden layer. */
export const network = (features: number, seed: number): Model => {
  const embeddings = codes.map(({ size, width }, i) => chain(columns(i, i + 1), embedding(size, width)));
  const numbers = columns(codes.length, features);
  const width = codes.reduce((sum, code) => sum + code.width, features - codes.length);
  const plan = chain(
    parallel(concatenate(), numbers, ...embeddings),
    dense(width, hidden, { activation: "relu" }),
    dense(hidden, 2, { init: zeroInit() }),
  );
  return model(plan, { seed });
};

/** The log odds of being late, and the delay in half hours; Huber's loss with a small delta asks for the median. */
export const loss: Loss = multitask(
  { loss: binaryCrossentropy({ fromLogits: true }), outputs: 1 },
  { loss: huber({ delta: 0.1 }), outputs: 1 },
);

export const learningRate = 1e-3;

/** Without momentum: flights that land together are late together, and momentum would carry that too far. */
export const optimizer: Rule = adam(learningRate, { beta1: 0, lazy: true });

export const targets = (flight: Flight): [number, number] => [
  isLate(flight) ? 1 : 0,
  flight.delay / minutesPerUnit,
];

/** What the network's answer of 1 × 2 says of a flight: the log odds of being late, and a delay. */
export const guess = ({ data }: Matrix): Guess => ({
  probability: 1 / (1 + Math.exp(-data[0]!)),
  minutes: data[1]! * minutesPerUnit,
});
