import {
  adam,
  binaryCrossentropy,
  chain,
  columns,
  concatenate,
  dense,
  embedding,
  type Loss,
  type Model,
  model,
  parallel,
  type Rule,
  type Sample,
} from "rxgrad";
import type { FlightEvent } from "./flightEvent.ts";

/** Of vectors for airports: a prime, so that few of them share one. */
const airports = 1021;

const codes = [
  { size: airports, width: 16 }, // origin
  { size: airports, width: 16 }, // destination
  { size: 24, width: 8 }, // hour
  { size: 7, width: 4 }, // weekday
] as const;
const numbers = 3;

/** Whether a flight will be late: vectors for its codes beside three numbers, and two hidden layers. */
export const lateness = (seed: number, hidden = 256): Model => {
  const embeddings = codes.map(({ size, width }, i) => chain(columns(i, i + 1), embedding(size, width)));
  const width = codes.reduce((sum, code) => sum + code.width, numbers);
  return model(
    chain(
      parallel(concatenate(), columns(codes.length, codes.length + numbers), ...embeddings),
      dense(width, hidden, { activation: "relu" }),
      dense(hidden, hidden, { activation: "relu" }),
      dense(hidden, 1, { activation: "sigmoid" }),
    ),
    { seed },
  );
};

export const loss: Loss = binaryCrossentropy();
export const optimizer = (): Rule => adam(5e-4, { lazy: true });

/** What a flight teaches: late is more than a quarter of an hour. */
export const sampleOf = ({ time, distance, origin, destination, delay }: FlightEvent): Sample => {
  const day = time / 1440;
  const angle = 2 * Math.PI * day;
  return {
    x: [
      ...[codeOf(origin), codeOf(destination), Math.floor(time / 60) % 24, Math.floor(day + 4) % 7],
      ...[Math.log(distance + 1) - 6.3, Math.sin(angle), Math.cos(angle)],
    ],
    y: delay > 15 ? 1 : 0,
  };
};

const codeOf = (airport: string): number => {
  let code = 0;
  for (let i = 0; i < airport.length; i++) code = 26 * code + airport.charCodeAt(i) - 65;
  return code % airports;
};
