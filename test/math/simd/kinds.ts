import type { Kernels } from "../../../src/math/kernels.ts";
import { simd } from "../../../src/math/simd/simd.ts";

/** The SIMD kernels in both numerics, made when they are asked for. */
export const kinds: readonly (readonly [name: string, make: () => Kernels])[] = [
  ["fast", () => simd({ numerics: "fast" })!],
  ["reproducible", () => simd({ numerics: "reproducible" })!],
];
