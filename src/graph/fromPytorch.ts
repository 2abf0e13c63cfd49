import type { Tensor } from "../formats/tensor.ts";
import { loadPytorch, type PytorchOptions } from "./loadPytorch.ts";
import { type Model, type ModelOptions, model } from "./model.ts";
import type { Plan } from "./plan.ts";

/** A model of a plan with the weights of a state dict of PyTorch: `model`, and then {@link loadPytorch}. */
export const fromPytorch = (
  tensors: ReadonlyMap<string, Tensor>,
  plan: Plan,
  options: PytorchOptions & ModelOptions = {},
): Model => {
  const { prefix, map, ...others } = options;
  const net = model(plan, others);
  loadPytorch(net, tensors, {
    ...(prefix === undefined ? {} : { prefix }),
    ...(map === undefined ? {} : { map }),
  });
  return net;
};
