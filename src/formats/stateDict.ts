import type { Tensor } from "./tensor.ts";

/** The tensors of one module in a state dict of PyTorch. */
export interface StateModule {
  /** What stands before the names of its tensors; of a recurrent one with several layers, the number of the layer behind a #. */
  readonly name: string;
  /** By their names in the module; those of a recurrent layer as if it were the first. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Counts batches, which nobody needs for inference or with a fixed momentum. */
const counter = "num_batches_tracked";

/** The tensors of a state dict whose names begin with the prefix and a point, by module. */
export const stateDict = (tensors: ReadonlyMap<string, Tensor>, prefix: string): readonly StateModule[] => {
  const modules = new Map<string, Map<string, Tensor>>();
  const start = prefix === "" ? "" : `${prefix}.`;
  for (const [whole, tensor] of tensors) {
    if (!whole.startsWith(start)) continue;
    const name = whole.slice(start.length);
    const point = name.lastIndexOf(".");
    const own = name.slice(point + 1);
    if (own === counter) continue;
    const [, recurrent, layer] = /^((?:weight|bias)_[ih]h_l)(\d+)$/.exec(own) ?? [];
    const module =
      name.slice(0, Math.max(point, 0)) + (layer === undefined || layer === "0" ? "" : `#${layer}`);
    const found = modules.get(module) ?? new Map<string, Tensor>();
    modules.set(module, found.set(recurrent ? `${recurrent}0` : own, tensor));
  }
  return Array.from(modules, ([name, own]) => ({ name, tensors: own }));
};

/** In the order of the numbers in their names; undefined where they differ by more than those, and have no order. */
export const byNumbers = (modules: readonly StateModule[]): readonly StateModule[] | undefined => {
  const stems = new Set(modules.map(({ name }) => name.replace(/#\d+$/, "").replace(/\d+/g, "#")));
  if (stems.size > 1) return undefined;
  const numbers = (name: string): readonly number[] => (name.match(/\d+/g) ?? []).map(Number);
  return [...modules].sort((a, b) => {
    const [m, n] = [numbers(a.name), numbers(b.name)];
    const first = m.findIndex((value, i) => value !== n[i]);
    return first < 0 ? m.length - n.length : m[first]! - (n[first] ?? -1);
  });
};
