import type { Model } from "../graph/model.ts";
import { takePartBeside } from "../graph/parts.ts";
import type { Metrics } from "./metrics.ts";

/** The states of metrics, live; `close` ends their part in the model, and what they measure. */
export interface KeptStates {
  readonly states: unknown[];
  close(): void;
}

/** Begins the metrics of an engine as a part of what is at work on its model, so that they are saved and loaded with it. */
export const keptStates = (
  actor: string,
  model: Model,
  metrics: Metrics | undefined,
  engine: { close(): void },
): KeptStates => {
  const names = Object.keys(metrics ?? {});
  const states = Object.values(metrics ?? {}).map((metric) => metric.init());
  if (names.length === 0) return { states, close: engine.close };
  const close = takePartBeside(engine, model.weights.parts, {
    source: `metrics of ${actor}: ${names.join(", ")}`,
    get: () => new Map(names.map((name, i) => [name, states[i]])),
    set: (state) => {
      for (let i = 0; i < names.length; i++) states[i] = (state as Map<string, unknown>).get(names[i]!);
    },
  });
  return { states, close };
};
