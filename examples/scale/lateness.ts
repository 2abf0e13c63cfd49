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
import type { VocabularyReading } from "rxgrad/scale";
import type { FlightEvent } from "./flightEvent.ts";

/** How many airports get a vector of their own; the first vector is for all others. */
export const airports = 511;

const codes = [
  { size: airports + 1, width: 16 }, // origin
  { size: airports + 1, width: 16 }, // destination
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
      dense(hidden, 1),
    ),
    { seed },
  );
};

export const loss: Loss = binaryCrossentropy({ fromLogits: true });
export const optimizer = (): Rule => adam(5e-4, { lazy: true });

/** What a flight teaches: late is more than a quarter of an hour. */
export const sampleOf = (flight: FlightEvent, known: VocabularyReading): Sample => {
  const { time, distance, origin, destination, delay } = flight;
  const day = time / 1440;
  const angle = 2 * Math.PI * day;
  const codeOf = (airport: string): number => (known.indexOf(airport) ?? -1) + 1;
  return {
    x: [
      ...[codeOf(origin), codeOf(destination), Math.floor(time / 60) % 24, Math.floor(day + 4) % 7],
      ...[Math.log(distance + 1) - 6.3, Math.sin(angle), Math.cos(angle)],
    ],
    y: delay > 15 ? 1 : 0,
  };
};
