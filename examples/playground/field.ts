import { activations$, type Matrix, type Model } from "rxgrad";
import { filter } from "rxjs";
import { extent } from "./dataSets.ts";
import { inputsOf } from "./inputs.ts";
import type { Settings } from "./settings.ts";

/** The middles of n × n tiles of the plane, from the upper left on, a row each. */
export const gridOf = (n: number): Matrix => {
  const data = new Float32Array(2 * n * n);
  const at = (i: number): number => (((i + 0.5) / n) * 2 - 1) * extent;
  for (let row = 0; row < n; row++)
    for (let col = 0; col < n; col++) {
      const i = 2 * (row * n + col);
      data[i] = at(col);
      data[i + 1] = -at(row);
    }
  return { rows: n * n, cols: 2, data };
};

/** The same tiles as the network gets them: with all that it is given beside the two numbers. */
export const widenedGrid = ({ rows, data }: Matrix, settings: Pick<Settings, "extras">): Matrix => ({
  rows,
  cols: 2 + settings.extras.length,
  data: Float32Array.from(
    Array.from({ length: rows }, (_, i) => inputsOf(settings, [data[2 * i]!, data[2 * i + 1]!])).flat(),
  ),
});

/** What every layer answers to the same rows: one prediction, with taps on the wires while it passes. */
export const answersOf = (net: Model, x: Matrix): readonly Matrix[] => {
  const answers: Matrix[] = [];
  const taps = net.nodes.map((_, layer) =>
    activations$(net, layer)
      .pipe(filter(({ mode }) => mode === "infer"))
      .subscribe(({ value }) => {
        answers[layer] = value;
      }),
  );
  try {
    net.predict(x);
  } finally {
    for (const one of taps) one.unsubscribe();
  }
  return answers;
};

/** One column of a matrix, as values from −1 to 1: what is drawn in colors. */
export const shownColumn = (answers: Matrix, column: number, kind: string): Float32Array => {
  const { rows, cols, data } = answers;
  const values = Float32Array.from({ length: rows }, (_, i) => data[i * cols + column]!);
  if (kind === "sigmoid") return values.map((v) => 2 * v - 1);
  if (kind === "tanh") return values;
  const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  return values.map((v) => v / largest);
};
