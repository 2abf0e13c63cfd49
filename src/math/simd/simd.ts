import type { DenseKernel, DenseShape, Inlet, Kernels } from "../kernels.ts";
import type { Matrix } from "../matrix.ts";
import { reference } from "../reference.ts";
import { type Arena, arena, type Block } from "./arena.ts";
import { at } from "./at.ts";
import { copyKernels } from "./copyKernels.ts";
import { denseFunctions, heightOf, scratchOf } from "./dense.ts";
import { elementwiseFunctions, mapFunctions } from "./elementwise.ts";
import { plainMadd, relaxedMadd } from "./instructions.ts";
import { type Functions, linker } from "./linker.ts";
import { lossKernel } from "./lossKernel.ts";
import { normKernels } from "./normKernels.ts";
import { rowKernels } from "./rowKernels.ts";
import { ruleKernel } from "./ruleKernel.ts";
import { sparseKernels } from "./sparse.ts";
import { simdSupport } from "./support.ts";
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
 * WebAssembly SIMD. "reproducible" leaves out relaxed SIMD, whose rounding differs between machines.
 */
export const simd = ({
  numerics = "fast",
}: {
  readonly numerics?: "fast" | "reproducible";
} = {}): Kernels | undefined => {
  const support = simdSupport();
  if (support === "none") return undefined;
  const relaxed = support === "relaxed" && numerics === "fast";
  const madd = relaxed ? relaxedMadd : plainMadd;
  const plain = reference("float32");
  const own = arena();
  const link = linker(own);
  const basics = link("elementwise", elementwiseFunctions) as Functions;
  const here = (m: Matrix): boolean => (m as Block).arena === own;

  const dense = (shape: DenseShape, zeros: (rows: number, cols: number) => Matrix): DenseKernel => {
    const { rows, inputs, outputs, bias, activation, wantsInputGrad } = shape;
    const sizes = { inputs, outputs, bias, activation, height: heightOf(rows) };
    const f = activation === undefined ? undefined : vectorActivation(activation);
    const functionsFor = (activation: string | undefined): Functions =>
      link(`dense ${inputs} ${outputs} ${bias} ${activation} ${sizes.height} ${relaxed}`, () =>
        denseFunctions({ ...sizes, activation }, madd),
      );
    const functions = functionsFor(activation);
    own.reserve(scratchOf(sizes, rows));
    const forward = functions.forward!;
    const last = wantsInputGrad ? "" : "Last";
    const backward = functions[`backward${last}`]!;
    const adding = functions[`backward${last}Adding`]!;
    let direct: Functions | undefined; // where the loss has taken the activation's derivative to itself
    const throughTo = (accumulate: boolean) => {
      direct ??= functionsFor(undefined);
      return direct[`backward${last}${accumulate ? "Adding" : ""}`]!;
    };
    const z = f?.needsInput ? zeros(rows, outputs) : undefined;
    const dz = f ? zeros(rows, outputs) : undefined;
    return {
      forward: (x, W, b, y) => {
        forward(at(x), at(W), b ? at(b) : 0, at(z ?? y), at(y), rows, own.scratch);
      },
      backward: (x, y, dy, W, dW, db, dx, accumulate, through) => {
        const run = through && f ? throughTo(accumulate) : accumulate ? adding : backward;
        const back = at(through ? dy : (dz ?? dy));
        run(
          at(x),
          at(z ?? y),
          at(y),
          at(dy),
          back,
          at(W),
          at(dW),
          db ? at(db) : 0,
          at(dx),
          rows,
          own.scratch,
        );
      },
    };
  };

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
    dense,
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
    approach: (length) => (a, b, factor, rate) =>
      void basics.approach!(at(a), at(b), 4 * length, factor, rate),
    ...lossKernel(link),
    ...ruleKernel(own, link),
    norm: (a) => (here(a) ? Math.sqrt(basics.squares!(at(a), bytesOf(a))) : plain.norm(a)),
    finite: (a, from, to) =>
      here(a) ? basics.finite!(at(a) + 4 * from, 4 * (to - from)) === 1 : plain.finite(a, from, to),
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
