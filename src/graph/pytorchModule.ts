import { callOf } from "../formats/callOf.ts";
import type { LayerSpec } from "../layers/layer.ts";
import type { Matrix } from "../math/matrix.ts";
import type { LayerWeights } from "./weights.ts";

/** A tensor of a module of PyTorch, and the matrix that it is here. */
export interface ModuleTensor {
  /** Its name in the module: `weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly matrix: Matrix;
  /** Where number i of theirs stands in ours. */
  place(i: number): number;
  /** What all numbers are where a module has no such tensor; a module without is another one when left out. */
  readonly otherwise?: number;
}

/** A module of PyTorch that is one of our layers. */
export interface PytorchModule {
  /** As it is called there: `Linear`. */
  readonly kind: string;
  readonly layer: LayerWeights;
  readonly tensors: readonly ModuleTensor[];
}

const same = (i: number): number => i;

const row = (name: string, matrix: Matrix, otherwise?: number): ModuleTensor => ({
  name,
  shape: [matrix.cols],
  matrix,
  place: same,
  ...(otherwise === undefined ? {} : { otherwise }),
});

/** Theirs is outputs × inputs, ours inputs × outputs. */
const turned = (name: string, matrix: Matrix): ModuleTensor => {
  const { rows, cols } = matrix;
  return { name, shape: [cols, rows], matrix, place: (i) => (i % rows) * cols + Math.floor(i / rows) };
};

/** Theirs is filters × inputs × kernelSize, ours has the steps of the kernel one below another. */
const kernel = (name: string, matrix: Matrix, inputs: number): ModuleTensor => {
  const { rows, cols } = matrix;
  const size = rows / inputs;
  const place = (i: number): number => {
    const [m, c, j] = [Math.floor(i / rows), Math.floor(i / size) % inputs, i % size];
    return (j * inputs + c) * cols + m;
  };
  return { name, shape: [cols, inputs, size], matrix, place };
};

const optional = <T>(value: T | undefined, make: (value: T) => ModuleTensor): readonly ModuleTensor[] =>
  value === undefined ? [] : [make(value)];

/**
 * The module of PyTorch that a layer is, with the tensors of its state dict; undefined for a layer that has none there, be it
 * that it has no parameters, or that it is none of ours.
 */
export const pytorchModule = (
  { type, source }: LayerSpec,
  layer: LayerWeights,
): PytorchModule | undefined => {
  const { parameters, buffers } = layer;
  const at = (key: string): Matrix => parameters[key]!.value;
  const bias = () => optional(parameters.b, ({ value }) => row("bias", value));
  switch (type) {
    case "dense":
      return { kind: "Linear", layer, tensors: [turned("weight", at("W")), ...bias()] };
    case "embedding": {
      const W = at("W");
      const weight = { name: "weight", shape: [W.rows, W.cols], matrix: W, place: same };
      return { kind: "Embedding", layer, tensors: [weight] };
    }
    case "conv1d": {
      const [inputs] = callOf("conv1d()", source).args as readonly number[];
      return { kind: "Conv1d", layer, tensors: [kernel("weight", at("W"), inputs!), ...bias()] };
    }
    case "layerNorm":
      return { kind: "LayerNorm", layer, tensors: [row("weight", at("gamma")), row("bias", at("beta"), 0)] };
    case "batchNorm":
      return {
        kind: "BatchNorm1d",
        layer,
        tensors: [
          row("weight", at("gamma"), 1),
          row("bias", at("beta"), 0),
          row("running_mean", buffers.mean!),
          row("running_var", buffers.variance!),
        ],
      };
    case "gru":
    case "lstm":
      return {
        kind: type.toUpperCase(),
        layer,
        tensors: [
          turned("weight_ih_l0", at("W_ih")),
          turned("weight_hh_l0", at("W_hh")),
          row("bias_ih_l0", at("b_ih"), 0),
          row("bias_hh_l0", at("b_hh"), 0),
        ],
      };
    default:
      return undefined;
  }
};

/** The modules of a model, each layer once, in the order of the layers; those that have parameters but are no module come last. */
export const pytorchModules = (
  nodes: readonly { readonly layer: LayerSpec }[],
  of: (layer: LayerSpec) => LayerWeights,
): { readonly modules: readonly PytorchModule[]; readonly others: readonly LayerSpec[] } => {
  const layers = [...new Set(nodes.map(({ layer }) => layer))];
  const found = layers.map((layer) => [layer, pytorchModule(layer, of(layer))] as const);
  return {
    modules: found.flatMap(([, module]) => module ?? []),
    others: found.flatMap(([layer, module]) =>
      module || Object.keys(layer.parameters).length === 0 ? [] : [layer],
    ),
  };
};
