import { logistic } from "./functions.ts";
import type { Kernels } from "./kernels.ts";

/** One step of a long short-term memory in plain TypeScript: the formulas of {@link LstmKernel}, element by element. */
export const lstmStep: Kernels["lstm"] = (rows, u, steps) => ({
  forward: (t, { data: gi }, { data: gh }, { data: c }, { data: kept }, nextC, nextH) => {
    for (let row = 0; row < rows; row++)
      for (let j = 0; j < u; j++) {
        const a = (row * steps + t) * 4 * u + j;
        const b = row * 4 * u + j;
        const at = row * u + j;
        const i = logistic(gi[a]! + gh[b]!);
        const f = logistic(gi[a + u]! + gh[b + u]!);
        const g = Math.tanh(gi[a + 2 * u]! + gh[b + 2 * u]!);
        const o = logistic(gi[a + 3 * u]! + gh[b + 3 * u]!);
        const cNext = f * c[at]! + i * g;
        const tanhC = Math.tanh(cNext);
        nextC.data[at] = cNext;
        nextH.data[at] = o * tanhC;
        const k = row * 5 * u + j;
        kept[k] = i;
        kept[k + u] = f;
        kept[k + 2 * u] = g;
        kept[k + 3 * u] = o;
        kept[k + 4 * u] = tanhC;
      }
  },
  backward: (t, dNext, dc, { data: kept }, { data: c }, { data: dgi }, { data: dgh }) => {
    for (let row = 0; row < rows; row++)
      for (let j = 0; j < u; j++) {
        const k = row * 5 * u + j;
        const [i, f, g, o] = [kept[k]!, kept[k + u]!, kept[k + 2 * u]!, kept[k + 3 * u]!];
        const tanhC = kept[k + 4 * u]!;
        const at = row * u + j;
        const dh = dNext.data[at]!;
        const dcNext = dc.data[at]! + dh * o * (1 - tanhC * tanhC); // both ways to c′
        const a = (row * steps + t) * 4 * u + j;
        const b = row * 4 * u + j;
        dgi[a] = dgh[b] = dcNext * g * i * (1 - i);
        dgi[a + u] = dgh[b + u] = dcNext * c[at]! * f * (1 - f);
        dgi[a + 2 * u] = dgh[b + 2 * u] = dcNext * i * (1 - g * g);
        dgi[a + 3 * u] = dgh[b + 3 * u] = dh * tanhC * o * (1 - o);
        dc.data[at] = dcNext * f;
      }
  },
});
