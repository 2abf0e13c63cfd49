import { whole } from "../math/invalid.ts";
import type { Matrix, Value } from "../math/matrix.ts";
import type { Frame } from "./frame.ts";
import { matricesOf } from "./planner.ts";
import { type Source, type Wire, wire } from "./wire.ts";

/** n times the same type. */
export type Times<T, N extends number, R extends readonly T[] = []> = number extends N
  ? readonly T[]
  : R["length"] extends N
    ? R
    : Times<T, N, readonly [...R, T]>;

/**
 * Copies a wire to n wires. Values go to each; the gradients that come back are summed, and go on when all n are there.
 * A batch of which only some branches bring a gradient back is an error when the next one comes.
 */
export const fork = <A extends Value, N extends number>(source: Source<A>, n: N): Times<Source<A>, N> => {
  whole("fork()", "n", n);
  const { kernels } = source.wiring.circuit.weights;
  const branches: Wire<A>[] = Array.from({ length: n }, () => wire<A>(source.wiring));
  const sums = new Map<string, readonly Matrix[]>();
  let arrived = 0;
  let inFlight = -1;
  let sum: readonly Matrix[] = [];

  const free = (): void => {
    for (const m of [...sums.values()].flat()) kernels.free(m);
    sums.clear();
  };
  const collect = (frame: Frame<A>): void => {
    if (frame.id !== inFlight)
      throw new Error(`fork() expects the gradient of batch ${inFlight}, got that of batch ${frame.id}`);
    const parts = source.wiring.wantsGrad ? matricesOf(frame.value) : []; // nobody reads the sum, and parts may be empty
    if (arrived === 0) {
      const key = parts.map((m) => `${m.rows}×${m.cols}`).join();
      sum = sums.get(key) ?? parts.map((m) => kernels.zeros(m.rows, m.cols));
      if (!sums.has(key) && sums.size >= 8) free();
      sums.set(key, sum);
      sum.forEach((m, i) => {
        m.data.set(parts[i]!.data);
      });
    } else
      sum.forEach((m, i) => {
        kernels.add(m.rows * m.cols)(m, parts[i]!, m);
      });
    arrived++;
  };

  for (const { sink } of branches)
    sink.grad$.subscribe({
      next: (frame) => {
        try {
          collect(frame);
        } catch (error) {
          source.grad.error(error);
          return;
        }
        if (arrived < n) return;
        arrived = 0;
        const value = "cols" in frame.value ? (sum[0] ?? frame.value) : sum;
        source.grad.next({ ...frame, value: value as A });
      },
      error: (error) => source.grad.error(error),
    });
  const close = () => {
    for (const branch of branches) branch.source.grad.complete();
    free();
  };
  source.value$.subscribe({
    next: (frame) => {
      if (arrived > 0) {
        const error = new Error(
          `fork() expects ${n} gradients of batch ${inFlight} before batch ${frame.id}, got ${arrived}: a loose end`,
        );
        for (const { sink } of branches) sink.value.error(error);
        return;
      }
      inFlight = frame.id;
      for (const { sink } of branches) sink.value.next(frame);
    },
    error: (error) => {
      for (const { sink } of branches) sink.value.error(error);
      close();
    },
    complete: () => {
      for (const { sink } of branches) sink.value.complete();
      close();
    },
  });
  return branches.map((branch) => branch.source) as unknown as Times<Source<A>, N>;
};
