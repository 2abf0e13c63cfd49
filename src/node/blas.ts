/**
 * Products of matrices by OpenBLAS.
 * @module
 */

import { createRequire } from "node:module";
import { whole } from "../math/invalid.ts";
import type { Kernels } from "../math/kernels.ts";
import type { Matrix } from "../math/matrix.ts";
import { reference } from "../math/reference.ts";
import type { Gemm } from "../math/simd/gemm.ts";
import { simd } from "../math/simd/simd.ts";

export interface BlasOptions {
  /** The library's name or path; by default OpenBLAS under its usual names. */
  readonly library?: string;
  /** How many threads OpenBLAS may use, in the whole process. */
  readonly threads?: number;
  /** Gets the one line that says why there is no BLAS here. */
  readonly log?: (line: string) => void;
}

/** The part of koffi that is used here. */
interface Koffi {
  load(library: string): { func(signature: string): (...args: readonly (number | Float32Array)[]) => void };
}

const usual: readonly string[] = [
  "libopenblas.so.0",
  "libopenblas.so",
  "libopenblas.dylib",
  "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
  "/usr/local/opt/openblas/lib/libopenblas.dylib",
  "libopenblas.dll",
];

// CBLAS's names for what it is told
const [rowMajor, asIs, transposed] = [101, 111, 112];

/**
 * The SIMD kernels, with large products computed by a native BLAS on the same memory, through the optional package `koffi`. Where
 * either is missing, they are the SIMD kernels alone, and one line of log says so.
 * @example const net = model(plan, { kernels: blas() });
 */
export const blas = ({ library, threads = 1, log = console.warn }: BlasOptions = {}): Kernels => {
  whole("blas()", "threads", threads);
  let gemm: Gemm | undefined;
  try {
    gemm = gemmOf(library === undefined ? usual : [library], threads);
  } catch (error) {
    log(`blas() goes on without a native BLAS: it ${(error as Error).message}`);
  }
  const kernels = simd(gemm ? { gemm } : {}) ?? reference("float32");
  return gemm ? { ...kernels, name: "blas" } : kernels;
};

const gemmOf = (names: readonly string[], threads: number): Gemm => {
  const native = opened(koffi(), names);
  native.func("void openblas_set_num_threads(int)")(threads);
  const sgemm = native.func(
    "void cblas_sgemm(int, int, int, int, int, int, float, float *, int, float *, int, float, float *, int)",
  );
  const dataOf = (m: Matrix): Float32Array => m.data as Float32Array; // a view of the memory: nothing is copied
  return {
    pays: 30_000,
    multiply: (transposeA, transposeB, m, n, k, a, b, beta, c) => {
      const [ta, tb] = [transposeA ? transposed : asIs, transposeB ? transposed : asIs];
      const [lineA, lineB] = [transposeA ? m : k, transposeB ? k : n];
      sgemm(rowMajor, ta, tb, m, n, k, 1, dataOf(a), lineA, dataOf(b), lineB, beta, dataOf(c), n);
    },
  };
};

const koffi = (): Koffi => {
  try {
    return createRequire(import.meta.url)("koffi");
  } catch {
    throw new Error("expects the package koffi, got none: npm install koffi");
  }
};

const opened = (koffi: Koffi, names: readonly string[]): ReturnType<Koffi["load"]> => {
  for (const name of names) {
    try {
      return koffi.load(name);
    } catch {} // the next one, then
  }
  throw new Error(`expects OpenBLAS, such as Debian's libopenblas0, got no ${names.join(", no ")}`);
};
