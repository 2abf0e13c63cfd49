import type { Mode } from "../layers/layer.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Circuit, circuit } from "./circuit.ts";
import type { Plan } from "./plan.ts";
import { through } from "./through.ts";
import type { Weights } from "./weights.ts";
import { type Sink, type Source, wire } from "./wire.ts";

/** A graph that is running: built from a plan over weights that outlive it. */
export interface Run {
  readonly id: number;
  readonly mode: Mode;
  readonly circuit: Circuit;
  readonly input: Sink;
  readonly output: Source;
  /** Takes the graph down: every wire completes, and nothing stays subscribed. */
  close(): void;
}

/** Builds a graph from a plan. Its first layer computes no gradient of the input. */
export const startRun = (plan: Plan, weights: Weights, id: number, mode: Mode): Run => {
  const own = circuit({ weights });
  const input = wire<Matrix>({ circuit: own, widths: [plan.inputs], wantsGrad: false });
  const output = through(input.source, plan);
  return {
    id,
    mode,
    circuit: own,
    input: input.sink,
    output,
    close: () => {
      input.sink.value.complete();
      input.source.grad.complete();
    },
  };
};
