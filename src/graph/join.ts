import { invalid } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Frame } from "./frame.ts";
import { type Source, type Wire, wire } from "./wire.ts";

/**
 * Waits for the same batch on every input and passes the matrices on together, in the order of the inputs; deals the
 * gradients out again. An input that is a batch ahead of another is an error: somewhere a batch got lost.
 */
export const join = (sources: readonly Source[]): Source<readonly Matrix[]> => {
  const wirings = sources.map(({ wiring }) => wiring);
  if (wirings.length === 0) throw invalid("join()", "at least one source", "none");
  if (wirings.some(({ circuit }) => circuit !== wirings[0]!.circuit))
    throw invalid(
      "join()",
      "sources of one graph (wire({ circuit }) adds an input to it)",
      "those of several",
    );
  const output: Wire<readonly Matrix[]> = wire({
    circuit: wirings[0]!.circuit,
    widths: wirings.map(({ widths }) => widths[0]),
    from: wirings.map(({ from }) => from).join(" and "),
    nodes: wirings.flatMap(({ nodes }) => nodes),
    wantsGrad: wirings.some(({ wantsGrad }) => wantsGrad),
  });
  const values: Matrix[] = new Array(sources.length);
  const here: boolean[] = sources.map(() => false);
  let arrived = 0;
  let id = -1;

  const collect = (frame: Frame, i: number): void => {
    if (arrived > 0 && (frame.id !== id || here[i]))
      throw new Error(
        `join() expects batch ${id} on every input, got batch ${frame.id} on input ${i} while ${
          sources.length - arrived
        } of ${sources.length} inputs are missing`,
      );
    id = frame.id;
    here[i] = true;
    values[i] = frame.value;
    arrived++;
  };

  output.sink.grad$.subscribe({
    next: (frame) =>
      sources.forEach(({ grad }, i) => {
        grad.next({ id: frame.id, mode: frame.mode, value: frame.value[i]! });
      }),
    error: (error) => {
      for (const { grad } of sources) grad.error(error);
    },
  });
  const close = () => {
    for (const down of downs) down.unsubscribe();
    output.source.grad.complete();
  };
  const downs = sources.map(({ value$ }, i) =>
    value$.subscribe({
      next: (frame) => {
        try {
          collect(frame, i);
        } catch (error) {
          output.sink.value.error(error);
          close();
          return;
        }
        if (arrived < sources.length) return;
        arrived = 0;
        here.fill(false);
        output.sink.value.next({ id: frame.id, mode: frame.mode, value: values });
      },
      error: (error) => {
        output.sink.value.error(error);
        close();
      },
      complete: () => {
        output.sink.value.complete();
        close();
      },
    }),
  );
  return output.source;
};
