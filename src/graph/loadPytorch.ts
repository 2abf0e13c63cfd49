import { byNumbers, type StateModule, stateDict } from "../formats/stateDict.ts";
import type { Tensor } from "../formats/tensor.ts";
import { fault, invalid, inWords, knownOptions } from "../math/invalid.ts";
import type { Data } from "../math/matrix.ts";
import type { Model } from "./model.ts";
import { type ModuleTensor, type PytorchModule, pytorchModules } from "./pytorchModule.ts";

export interface PytorchOptions {
  /** Only tensors whose names begin with it and a point count: of `encoder.0.weight`, `encoder`. */
  readonly prefix?: string;
  /** The module for a layer, by name, such as `{ dense0: "fc" }`, where kinds, shapes and numbers do not tell. */
  readonly map?: Readonly<Record<string, string>>;
}

const actor = "loadPytorch()";

/**
 * Sets the weights of a model from a state dict of PyTorch, as a safetensors file has it. A module goes to the layer of its kind and
 * shape; where several are alike, by the numbers in their names, in the order of the layers. Weights are transposed; running
 * statistics come along, and biases that a recurrent module goes without are 0.
 * @throws InvalidInputError where layers or tensors are left over, or which belong together does not follow, telling both sides; and
 * for numbers that are not finite. Nothing has changed then.
 * @example loadPytorch(net, readSafetensors(bytes).tensors);
 */
export const loadPytorch = (
  { nodes, weights, busy }: Model,
  tensors: ReadonlyMap<string, Tensor>,
  options: PytorchOptions = {},
): void => {
  knownOptions(actor, options, ["prefix", "map"]);
  const { prefix = "", map = {} } = options;
  if (!(tensors instanceof Map)) throw invalid(actor, "a map of tensors", inWords(tensors));
  if (busy) throw fault(actor, "no batch in flight", "one");
  const { modules, others } = pytorchModules(nodes, weights.of);
  if (others[0])
    throw invalid(actor, "layers that PyTorch has modules for (loadTensors sets others)", others[0].source);
  const puts: (readonly [Data, Data])[] = [];
  for (const [module, given] of matched(modules, stateDict(tensors, prefix), map))
    for (const tensor of module.tensors)
      puts.push([
        tensor.matrix.data,
        contentOf(tensor, `${given.name}.${tensor.name}`, given.tensors.get(tensor.name)),
      ]);
  for (const [data, content] of puts) data.set(content);
};

type Pair = readonly [PytorchModule, StateModule];

const matched = (
  modules: readonly PytorchModule[],
  given: readonly StateModule[],
  map: Readonly<Record<string, string>>,
): readonly Pair[] => {
  const refuse = (what: string): Error =>
    invalid(actor, `${what}: ${listed(modules.map(layerInWords))}`, listed(given.map(moduleInWords)));
  const pairs: Pair[] = [];
  for (const [name, to] of Object.entries(map)) {
    const module = modules.find(({ layer }) => layer.name === name);
    const found = given.find((one) => one.name === to);
    if (!module || !found || !fits(module, found) || pairs.some(([m, g]) => m === module || g === found))
      throw refuse(`a layer and a module that fit each other as ${name} and ${JSON.stringify(to)} in map`);
    pairs.push([module, found]);
  }
  const open = modules.filter((one) => !pairs.some(([module]) => module === one));
  const free = given.filter((one) => !pairs.some(([, found]) => found === one));
  for (const alike of classesOf(open)) {
    const fitting = free.filter((one) => fits(alike[0]!, one));
    if (fitting.length !== alike.length) throw refuse("as many modules as layers of each kind and shape");
    const ordered = byNumbers(fitting);
    if (!ordered) throw refuse("numbers in the names of modules that are alike, or map, to tell them apart");
    alike.forEach((module, i) => {
      pairs.push([module, ordered[i]!]);
    });
  }
  if (pairs.length !== given.length) throw refuse("a layer for every module");
  return pairs;
};

/** Modules whose tensors are alike, in the order of the layers. */
const classesOf = (modules: readonly PytorchModule[]): Iterable<readonly PytorchModule[]> => {
  const classes = new Map<string, PytorchModule[]>();
  for (const module of modules) {
    const key = module.tensors.map(inWordsOf).join();
    const found = classes.get(key);
    if (found) found.push(module);
    else classes.set(key, [module]);
  }
  return classes.values();
};

/** Whether a module has the tensors of a layer, in their shapes, and no others. */
const fits = ({ tensors }: PytorchModule, { tensors: given }: StateModule): boolean =>
  [...given.keys()].every((name) => tensors.some((one) => one.name === name)) &&
  tensors.every(({ name, shape, otherwise }) => {
    const tensor = given.get(name);
    return tensor ? tensor.shape.join() === shape.join() : otherwise !== undefined;
  });

const inWordsOf = ({ name, shape }: { readonly name: string; readonly shape: readonly number[] }): string =>
  `${name} ${shape.join(" × ")}`;

const layerInWords = ({ kind, layer, tensors }: PytorchModule): string =>
  `${layer.name} as ${kind} (${tensors.map(inWordsOf).join(", ")})`;

const moduleInWords = ({ name, tensors }: StateModule): string =>
  `${JSON.stringify(name)} (${Array.from(tensors, ([own, { shape }]) => inWordsOf({ name: own, shape })).join(", ")})`;

/** The first of many, and how many more there are. */
const listed = (all: readonly string[]): string => {
  const some = all.slice(0, 20);
  if (all.length > some.length) some.push(`${all.length - some.length} more`);
  return some.join("; ") || "none";
};

/** The numbers of a tensor, as our matrix has them. */
const contentOf = (
  { matrix, place, otherwise }: ModuleTensor,
  name: string,
  tensor: Tensor | undefined,
): Data => {
  const content = matrix.data.slice();
  if (!tensor) return content.fill(otherwise!);
  const { data } = tensor;
  if (!(data instanceof Float32Array || data instanceof Float64Array))
    throw invalid(actor, `floating-point numbers as ${name}`, inWords(data.constructor.name));
  for (let i = 0; i < data.length; i++) {
    content[place(i)] = data[i]!;
    if (!Number.isFinite(content[place(i)]))
      throw invalid(actor, `finite numbers as ${name}`, String(data[i]));
  }
  return content;
};
