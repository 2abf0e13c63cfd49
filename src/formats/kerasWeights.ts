import type { Tensor } from "./tensor.ts";
import { field, type Untrusted } from "./untrusted.ts";

/** A weights manifest of TensorFlow.js and the bytes of its shards, in the order of their paths, as tensors by name. */
export const kerasWeights = (
  look: Untrusted,
  manifest: unknown,
  shards: readonly Uint8Array[],
): ReadonlyMap<string, Tensor> => {
  const groups = look
    .list("weightsManifest", manifest)
    .map((group) => look.object("a group of weights", group));
  const counts = groups.map((group) => look.list("paths", field(group, "paths")).length);
  const paths = counts.reduce((sum, count) => sum + count, 0);
  if (paths !== shards.length) throw look.refuse(`${paths} shards of weights`, String(shards.length));
  const tensors = new Map<string, Tensor>();
  let first = 0;
  groups.forEach((group, g) => {
    const bytes = inOne(shards.slice(first, first + counts[g]!));
    first += counts[g]!;
    let at = 0;
    for (const entry of look.list("weights", field(group, "weights"))) {
      const weight = look.object("a weight", entry);
      const name = look.text("name of a weight", field(weight, "name"));
      const dtype = field(weight, "dtype");
      if (field(weight, "quantization") !== undefined)
        throw look.refuse("weights that are not quantized", `quantized ones as ${name}`);
      if (dtype !== "float32") throw look.refuse(`float32 as dtype of ${name}`, dtype);
      const shape = look
        .list(`shape of ${name}`, field(weight, "shape"))
        .map((n) => look.count(`shape of ${name}`, n));
      const size = shape.reduce((product, n) => product * n, 4);
      if (!(size <= bytes.length - at))
        throw look.refuse(`${size} bytes of ${name}`, String(bytes.length - at));
      if (tensors.has(name)) throw look.refuse("a name for each weight", `${name} twice`);
      tensors.set(name, { shape, data: new Float32Array(bytes.slice(at, at + size).buffer) });
      at += size;
    }
    if (at !== bytes.length) throw look.refuse(`${at} bytes in the shards`, String(bytes.length));
  });
  return tensors;
};

const inOne = (shards: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(shards.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const shard of shards) {
    whole.set(shard, at);
    at += shard.length;
  }
  return whole;
};

/** Finds tensors by the name of a layer and that of a weight in it, such as `lstm_1` and `kernel` for `lstm_1/lstm_cell/kernel:0`. */
export const kerasTensors = (look: Untrusted, tensors: ReadonlyMap<string, Tensor>) => {
  const index = new Map<string, string[]>();
  for (const whole of tensors.keys()) {
    const parts = whole.replace(/:0$/, "").split("/");
    const own = parts.pop()!.replace(/_\d+$/, "");
    for (const part of new Set(parts)) {
      const key = JSON.stringify([part, own]);
      const found = index.get(key);
      if (found) found.push(whole);
      else index.set(key, [whole]);
    }
  }
  const used = new Set<string>();
  return {
    take: (layer: string, own: string, shape: readonly number[]): Float32Array | Float64Array => {
      const found = index.get(JSON.stringify([layer, own])) ?? [];
      if (found.length !== 1)
        throw look.refuse(`one tensor named ${layer}/${own}`, found.join(", ") || "none");
      const [name] = found;
      const tensor = tensors.get(name!)!;
      if (tensor.shape.join() !== shape.join())
        throw look.refuse(`${shape.join(" × ")} numbers as ${name}`, tensor.shape.join(" × "));
      const { data } = tensor;
      if (!(data instanceof Float32Array || data instanceof Float64Array))
        throw look.refuse(`floating-point numbers as ${name}`, data.constructor.name);
      for (const value of data)
        if (!Number.isFinite(Math.fround(value)))
          throw look.refuse(`finite numbers as ${name}`, String(value));
      used.add(name!);
      return data;
    },
    leftover: (): readonly string[] => [...tensors.keys()].filter((name) => !used.has(name)),
  };
};
