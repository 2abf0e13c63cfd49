import type { Sample } from "rxgrad";
import type { Point } from "./dataSets.ts";
import type { Settings } from "./settings.ts";

/** What the network may be given of an event (a, b) beside its two numbers: how that is called, written and computed. */
export const extraInputs: Readonly<
  Record<
    Settings["extras"][number],
    { readonly name: string; readonly code: string; readonly of: (a: number, b: number) => number }
  >
> = {
  aa: { name: "a²", code: "a * a", of: (a) => a * a },
  bb: { name: "b²", code: "b * b", of: (_, b) => b * b },
  ab: { name: "a·b", code: "a * b", of: (a, b) => a * b },
  sina: { name: "sin 2a", code: "Math.sin(2 * a)", of: (a) => Math.sin(2 * a) },
  sinb: { name: "sin 2b", code: "Math.sin(2 * b)", of: (_, b) => Math.sin(2 * b) },
};

/** What the network is given of an event: its two numbers, and what is chosen beside them. */
export const inputsOf = ({ extras }: Pick<Settings, "extras">, [a, b]: Point["x"]): number[] => [
  a,
  b,
  ...extras.map((extra) => extraInputs[extra].of(a, b)),
];

/** What the inputs are called. */
export const inputNames = ({ extras }: Pick<Settings, "extras">): readonly string[] => [
  "a",
  "b",
  ...extras.map((extra) => extraInputs[extra].name),
];

/** An event as the network gets it. */
export const widened =
  (settings: Pick<Settings, "extras">) =>
  ({ x, y }: Point): Sample => ({ x: inputsOf(settings, x), y });
