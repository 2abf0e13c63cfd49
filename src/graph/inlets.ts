import type { Inlet, Kernels } from "../math/kernels.ts";
import type { Matrix, Value } from "../math/matrix.ts";

/** An inlet for values of one matrix or several. */
export interface Inlets<A extends Value> {
  admit(value: A): A;
  free(): void;
}

/** Brings values that somebody sends by hand into reach of the kernels; those of the graph itself are there already. */
export const inlets = <A extends Value>(kernels: Kernels): Inlets<A> => {
  const each: Inlet[] = [kernels.inlet()];
  return {
    admit: (value) => {
      if ("cols" in value) return each[0]!.admit(value) as A;
      while (each.length < value.length) each.push(kernels.inlet());
      let foreign: Matrix[] | undefined;
      for (let i = 0; i < value.length; i++) {
        const m = each[i]!.admit(value[i]!);
        if (m !== value[i]) {
          foreign ??= [...(value as readonly Matrix[])];
          foreign[i] = m;
        }
      }
      return (foreign ?? value) as A;
    },
    free: () => {
      for (const inlet of each) inlet.free();
    },
  };
};
