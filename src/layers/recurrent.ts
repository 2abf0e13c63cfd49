import { glorotUniform, type Initializer, orthogonal, zeroInit } from "../math/initializers.ts";
import { invalid, knownOptions, whole } from "../math/invalid.ts";
import { call } from "./call.ts";
import { defineLayer, fixedWidth, type Layer } from "./layer.ts";
import { type Cell, unrolled } from "./unrolled.ts";

export interface RecurrentOptions {
  /** How many steps a row holds, one after another: step t in the columns t·inputs … (t + 1)·inputs − 1. */
  readonly steps: number;
  /** Whether the output is the hidden state of every step, n × (steps·units), or of the last one, n × units. */
  readonly returnSequences?: boolean;
  /** Whether a batch goes on from the state in which the batch before has ended: rows are then streams, batches windows. */
  readonly stateful?: boolean;
  /** With `stateful`, how many streams there are: every batch has a row for each. */
  readonly streams?: number;
  /** How W_ih starts. */
  readonly init?: Initializer;
  /** How W_hh starts. */
  readonly recurrentInit?: Initializer;
}

/** A layer that goes through the steps of each row with a cell, and back through all of them (Werbos, 1990). */
export const recurrent = (cell: Cell, inputs: number, units: number, options: RecurrentOptions): Layer => {
  const names = ["steps", "returnSequences", "stateful", "streams", "init", "recurrentInit"] as const;
  knownOptions(call(cell.type, [inputs, units], {}), options, names);
  const { steps, returnSequences = false, stateful = false, streams = 1 } = options;
  const { init = glorotUniform(), recurrentInit = orthogonal() } = options;
  const source = call(cell.type, [inputs, units], {
    steps,
    returnSequences: returnSequences || undefined,
    stateful: stateful || undefined,
    streams: streams === 1 ? undefined : streams,
  });
  for (const [what, value] of Object.entries({ inputs, units, steps, streams })) whole(source, what, value);
  if (streams !== 1 && !stateful) throw invalid(source, "streams beside stateful: true", "them alone");
  const wide = cell.gates * units;
  const state = { rows: streams, cols: units, init: zeroInit(), carried: true };
  return defineLayer({
    source,
    parameters: {
      W_ih: { rows: inputs, cols: wide, init },
      W_hh: { rows: units, cols: wide, init: recurrentInit },
      b_ih: { rows: 1, cols: wide, init: cell.bias(units) },
      b_hh: { rows: 1, cols: wide, init: zeroInit() },
    },
    buffers: stateful ? Object.fromEntries(cell.states.map((name) => [name, state])) : {},
    ...fixedWidth(source, steps * inputs, returnSequences ? steps * units : units),
    plan: (site) => {
      if (stateful && site.rows !== streams)
        throw invalid(
          source,
          `${streams} ${streams === 1 ? "row" : "rows"}, one a stream`,
          String(site.rows),
        );
      return unrolled(site, cell, { inputs, units, steps, returnSequences, stateful });
    },
  });
};
