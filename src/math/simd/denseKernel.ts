import type { DenseKernel, DenseShape, Kernels } from "../kernels.ts";
import type { Matrix } from "../matrix.ts";
import { at } from "./at.ts";
import { denseFunctions, heightOf } from "./dense.ts";
import { denseMany } from "./denseMany.ts";
import type { DenseTools } from "./denseTools.ts";
import { gemmKernel } from "./gemmKernel.ts";
import { codeOf } from "./linker.ts";
import { panelScratch } from "./panelProduct.ts";
import type { Part } from "./threads.ts";
import { vectorActivation } from "./vectorActivation.ts";

/** Multiplications from which on threads pay. */
const large = 1e6;

type Run = (a: number, b: number, c: number, d: number, e: number, f: number, rows: number) => void;

/** The kernels of dense layers, emitted for their sizes. */
export const denseKernel =
  (tools: DenseTools): Kernels["dense"] =>
  (shape, zeros) => {
    const kernelOf = (own: DenseShape): DenseKernel => {
      const z = needsInput(own.activation) ? zeros(own.rows, own.outputs) : undefined;
      const dz = own.activation === undefined ? undefined : zeros(own.rows, own.outputs);
      if (heightOf(own.rows, own.outputs) !== "many") return fewRows(tools, own, z, dz);
      const size = own.rows * own.inputs * own.outputs;
      return tools.gemm && size >= tools.gemm.pays
        ? gemmKernel(tools.gemm, tools, own, z, dz)
        : manyRows(tools, own, z, dz);
    };
    const kernel = kernelOf(shape);
    if (shape.activation === undefined) return kernel;
    let direct: DenseKernel | undefined; // where dy is dz already, the activation has no part in the way back
    return {
      forward: kernel.forward,
      backward: (x, y, dy, W, dW, db, dx, accumulate, preActivation) => {
        if (preActivation) direct ??= kernelOf({ ...shape, activation: undefined });
        (preActivation ? direct! : kernel).backward(x, y, dy, W, dW, db, dx, accumulate);
      },
    };
  };

const needsInput = (activation: string | undefined): boolean =>
  activation !== undefined && vectorActivation(activation)!.needsInput;

const fewRows = (
  { link, madd, dialect }: DenseTools,
  { rows, inputs, outputs, bias, activation, wantsInputGrad }: DenseShape,
  z: Matrix | undefined,
  dz: Matrix | undefined,
): DenseKernel => {
  const height = heightOf(rows, outputs);
  const functions = link(`dense ${inputs} ${outputs} ${bias} ${activation} ${height} ${dialect}`, () =>
    denseFunctions({ inputs, outputs, bias, activation, height }, madd),
  );
  const last = wantsInputGrad ? "" : "Last";
  const forward = functions.forward!;
  const backward = functions[`backward${last}`]!;
  const adding = functions[`backward${last}Adding`]!;
  return {
    forward: (x, W, b, y) => {
      forward(at(x), at(W), b ? at(b) : 0, at(z ?? y), at(y), rows);
    },
    backward: (x, y, dy, W, dW, db, dx, accumulate) => {
      const run = accumulate ? adding : backward;
      const back = at(dz ?? dy);
      run(at(x), at(z ?? y), at(y), at(dy), back, at(W), at(dW), db ? at(db) : 0, at(dx), rows);
    },
  };
};

const manyRows = (
  { own, link, madd, tile, dialect, threads }: DenseTools,
  { rows, inputs, outputs, bias, activation, wantsInputGrad }: DenseShape,
  z: Matrix | undefined,
  dz: Matrix | undefined,
): DenseKernel => {
  const functions = link(`dense ${inputs} ${outputs} ${bias} ${activation} many ${dialect}`, () =>
    denseMany({ inputs, outputs, bias, activation, madd, tile }),
  );
  const team = rows * inputs * outputs >= large ? threads : undefined;
  /** A function that this thread runs; with `steps` it is shared, where that pays. */
  const runs = (name: string, steps?: readonly number[], count = rows): Run => {
    const f = functions[name] as Part["run"];
    if (!team || !steps) return (a, b, c, d, e, g, n) => f(a, b, c, d, e, g, n, own.scratch);
    const part = team.part({ functions, code: codeOf(functions), name, steps, rows: count });
    return (a, b, c, d, e, g, n) => team.share(part, a, b, c, d, e, g, n);
  };
  own.reserve(panelScratch);
  const [across, down] = [4 * inputs, 4 * outputs];
  const [biasWrites, biasAdds] = [functions.bias!, functions.biasAdding!];
  const forward = runs("forward", [across, 0, 0, down, down, 0]);
  const errors = wantsInputGrad ? runs("errors", [down, down, down, down, 0, across]) : runs("errorsLast");
  const weights = runs("weights", [4, 0, down, 0, 0, 0], inputs);
  const adding = runs("weights"); // what adds must not be done twice, should a thread die
  return {
    forward: (x, W, b, y) => {
      forward(at(x), at(W), b ? at(b) : 0, at(z ?? y), at(y), 0, rows);
    },
    backward: (x, y, dy, W, dW, db, dx, accumulate) => {
      const back = at(dz ?? dy);
      errors(at(z ?? y), at(y), at(dy), back, at(W), at(dx), rows);
      if (accumulate) adding(at(x), back, at(dW), rows, 1, 0, inputs);
      else weights(at(x), back, at(dW), rows, 0, 0, inputs);
      if (db) (accumulate ? biasAdds : biasWrites)(back, at(db), rows);
    },
  };
};
