import type { Inlet, Kernels } from "../kernels.ts";
import type { Matrix } from "../matrix.ts";
import { reference } from "../reference.ts";
import { type Arena, arena, type Block } from "./arena.ts";
import { at } from "./at.ts";
import { copyKernels } from "./copyKernels.ts";
import { denseKernel } from "./denseKernel.ts";
import { elementwiseFunctions, mapFunctions } from "./elementwise.ts";
import type { Gemm } from "./gemm.ts";
import { plainMadd, relaxedMadd } from "./instructions.ts";
import { type Functions, linker } from "./linker.ts";
import { lossKernel } from "./lossKernel.ts";
import { normKernels } from "./normKernels.ts";
import { panelScratch, tileFor } from "./panelProduct.ts";
import { recurrentKernels } from "./recurrentKernels.ts";
import { rowKernels } from "./rowKernels.ts";
import { ruleKernel } from "./ruleKernel.ts";
import { sparseKernels } from "./sparse.ts";
import { revectorizes, simdSupport } from "./support.ts";
import { threads as threadsOf } from "./threads.ts";
import { vectorActivation } from "./vectorActivation.ts";

const bytesOf = (m: Matrix): number => 4 * m.rows * m.cols;

/** What is not in the arena is copied into it, one matrix at a time. */
const inletOf = (own: Arena): Inlet => {
  let held: Block | undefined;
  const free = (): void => {
    if (held) own.free(held);
    held = undefined;
  };
  return {
    admit: (m) => {
      if ((m as Block).arena === own) return m;
      if (held?.rows !== m.rows || held.cols !== m.cols) {
        free();
        held = own.block(m.rows, m.cols);
      }
      const [from, to] = [m.data, held!.data];
      // for a handful of numbers the loop is faster than the call of set()
      if (from.length > 64) to.set(from);
      else for (let i = 0; i < from.length; i++) to[i] = from[i]!;
      return held!;
    },
    free,
  };
};

/**
 * Kernels in WebAssembly SIMD, emitted for the shapes that are used, over Float32Array views of one linear memory that
 * grows; what has no kernel of its own runs on the reference, over the same views. Undefined where the engine has no
 * WebAssembly SIMD. "reproducible" leaves out relaxed SIMD, whose rounding differs between machines. Large products are shared
 * by so many `threads`, or left to `gemm`.
 */
export const simd = ({
  numerics = "fast",
  threads = 1,
  gemm,
}: {
  readonly numerics?: "fast" | "reproducible";
  readonly threads?: number;
  readonly gemm?: Gemm;
} = {}): Kernels | undefined => {
  const support = simdSupport();
  if (support === "none") return undefined;
  const relaxed = support === "relaxed" && numerics === "fast";
  const madd = relaxed ? relaxedMadd : plainMadd;
  const plain = reference("float32");
  const own = arena({ shared: threads > 1 });
  const link = linker(own);
  const basics = link("elementwise", elementwiseFunctions) as Functions;
  const here = (m: Matrix): boolean => (m as Block).arena === own;

  const wide = revectorizes();
  const tile = tileFor({ relaxed, wide });
  const team = own.shared ? threadsOf(own, { count: threads, scratch: panelScratch }) : undefined;

  return {
    ...plain,
    name: "simd",
    zeros: own.block,
    free: (m) => {
      if (here(m)) own.free(m as Block);
    },
    slice: (of, offset, rows, cols) => own.slice(of as Block, offset, rows, cols),
    rebase: (slice, to) => own.rebase(slice as Block, to as Block),
    inlet: () => inletOf(own),
    fuses: (activation) => vectorActivation(activation) !== undefined,
    ...(team ? { dispose: team.close } : {}),
    dense: denseKernel({ own, link, madd, tile, dialect: `${relaxed} ${wide}`, threads: team, gemm }),
    sparse: sparseKernels(own, link, madd),
    map: (length, source, f) => {
      const known = vectorActivation(source);
      if (!known) return plain.map(length, source, f);
      const { map } = link(`map ${source}`, () => mapFunctions(known));
      return (x, y) => void map!(at(x), at(y), 4 * length);
    },
    mapBack: (length, source, df) => {
      const known = vectorActivation(source);
      if (!known) return plain.mapBack(length, source, df);
      const { mapBack } = link(`map ${source}`, () => mapFunctions(known));
      return (x, y, dy, dx) => void mapBack!(at(x), at(y), at(dy), at(dx), 4 * length);
    },
    add: (length) => (a, b, c) => {
      if (here(a) && here(b) && here(c)) basics.add!(at(a), at(b), at(c), 4 * length);
      else plain.add(length)(a, b, c);
    },
    multiply: (length) => (a, b, c) => void basics.multiply!(at(a), at(b), at(c), 4 * length),
    ...copyKernels(link),
    ...rowKernels(link),
    ...normKernels(link),
    ...recurrentKernels(link),
    ...lossKernel(link),
    ...ruleKernel(own, link),
    norm: (a) => (here(a) ? Math.sqrt(basics.squares!(at(a), bytesOf(a))) : plain.norm(a)),
    finiteSquares: (a, from, to) =>
      here(a)
        ? basics.finiteSquares!(at(a) + 4 * from, 4 * (to - from)) === 1
        : plain.finiteSquares(a, from, to),
    finiteDifference: (a, b) =>
      here(a) && here(b)
        ? basics.finiteDifference!(at(a), at(b), bytesOf(a)) === 1
        : plain.finiteDifference(a, b),
    subtract: (a, b) => {
      if (here(a) && here(b)) basics.subtract!(at(a), at(b), bytesOf(a));
      else plain.subtract(a, b);
    },
  };
};
