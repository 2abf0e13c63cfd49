import { logistic } from "./functions.ts";
import type { Kernels } from "./kernels.ts";

/** One step of a gated recurrent unit in plain TypeScript: the formulas of {@link GruKernel}, element by element. */
export const gruStep: Kernels["gru"] = (rows, u, steps) => ({
  forward: (t, { data: gi }, { data: gh }, { data: h }, { data: kept }, { data: next }) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < u; j++) {
        const a = (i * steps + t) * 3 * u + j;
        const b = i * 3 * u + j;
        const r = logistic(gi[a]! + gh[b]!);
        const z = logistic(gi[a + u]! + gh[b + u]!);
        const ghn = gh[b + 2 * u]!;
        const n = Math.tanh(gi[a + 2 * u]! + r * ghn);
        next[i * u + j] = (1 - z) * n + z * h[i * u + j]!;
        const k = i * 4 * u + j;
        kept[k] = r;
        kept[k + u] = z;
        kept[k + 2 * u] = n;
        kept[k + 3 * u] = ghn;
      }
  },
  backward: (t, dNext, { data: kept }, { data: h }, { data: dgi }, { data: dgh }, { data: direct }) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < u; j++) {
        const k = i * 4 * u + j;
        const [r, z, n, ghn] = [kept[k]!, kept[k + u]!, kept[k + 2 * u]!, kept[k + 3 * u]!];
        const dh = dNext.data[i * u + j]!;
        const dn = dh * (1 - z) * (1 - n * n); //  of what tanh was taken of
        const dz = dh * (h[i * u + j]! - n) * z * (1 - z); // of what σ was taken of
        const dr = dn * ghn * r * (1 - r);
        const a = (i * steps + t) * 3 * u + j;
        const b = i * 3 * u + j;
        dgi[a] = dgh[b] = dr;
        dgi[a + u] = dgh[b + u] = dz;
        dgi[a + 2 * u] = dn;
        dgh[b + 2 * u] = dn * r;
        direct[i * u + j] = dh * z;
      }
  },
});
