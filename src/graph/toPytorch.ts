import { callOf } from "../formats/callOf.ts";
import type { Tensor } from "../formats/tensor.ts";
import type { LayerSpec } from "../layers/layer.ts";
import { invalid, knownOptions } from "../math/invalid.ts";
import type { PytorchOptions } from "./loadPytorch.ts";
import type { Model } from "./model.ts";
import { type ModuleTensor, pytorchModule } from "./pytorchModule.ts";

const actor = "toPytorch()";

/**
 * The weights of a model as a state dict of PyTorch. A chain of layers is named as `nn.Sequential` names them, `0.weight`, where an
 * activation inside of a layer counts as a module behind it; `map` names single layers, and those of other plans. A copy.
 * @throws InvalidInputError for parameters that PyTorch has no module for, and for layers without a name.
 * @example writeSafetensors(toPytorch(net)) // net.load_state_dict(safetensors.torch.load_file(…))
 */
export const toPytorch = (
  { nodes, weights }: Model,
  options: PytorchOptions = {},
): ReadonlyMap<string, Tensor> => {
  knownOptions(actor, options, ["prefix", "map"]);
  const { prefix = "", map = {} } = options;
  const isChain = nodes.every(({ reads }, i) => reads.length === 1 && reads[0] === i - 1);
  const named = new Map<string, Tensor>();
  let place = 0;
  for (const { layer, name } of nodes) {
    const at = place;
    place += modulesIn(layer);
    const module = pytorchModule(layer, weights.of(layer));
    if (!module && Object.keys(layer.parameters).length === 0) continue;
    if (!module) throw invalid(actor, "layers that PyTorch has modules for", layer.source);
    const own = Object.hasOwn(map, name) ? map[name]! : isChain ? String(at) : undefined;
    if (own === undefined)
      throw invalid(actor, "a chain of layers, or a name for each in map", `no ${name} there`);
    const put = (key: string, tensor: Tensor) =>
      named.set([prefix, own, key].filter(Boolean).join("."), tensor);
    for (const tensor of module.tensors) put(tensor.name, tensorOf(tensor));
    if (module.kind === "BatchNorm1d") put("num_batches_tracked", { shape: [], data: BigInt64Array.of(0n) });
  }
  return named;
};

/** One, or two for a layer with an activation. */
const modulesIn = ({ type, source }: LayerSpec): number =>
  (type === "dense" || type === "conv1d") && callOf(actor, source).options.activation !== undefined ? 2 : 1;

const tensorOf = ({ shape, matrix, place }: ModuleTensor): Tensor => ({
  shape,
  data: matrix.data.map((_, i) => matrix.data[place(i)]!),
});
