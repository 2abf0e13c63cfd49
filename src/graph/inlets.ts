import type { Kernels } from "../math/kernels.ts";
import type { Matrix, Value } from "../math/matrix.ts";

/** Brings values that somebody sends by hand into reach of the kernels; those of the graph itself are there already. */
export const inlets = <A extends Value>(kernels: Kernels): ((value: A) => A) => {
  const admit = [kernels.inlet()];
  return (value) => {
    if ("cols" in value) return admit[0]!(value) as A;
    while (admit.length < value.length) admit.push(kernels.inlet());
    let foreign: Matrix[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const m = admit[i]!(value[i]!);
      if (m !== value[i]) {
        foreign ??= [...(value as readonly Matrix[])];
        foreign[i] = m;
      }
    }
    return (foreign ?? value) as A;
  };
};
