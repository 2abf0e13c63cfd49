import { invalid, inWords } from "../math/invalid.ts";
import { dtypeOf, dtypes } from "./dtypes.ts";
import type { Tensor, TensorData } from "./tensor.ts";

const actor = "writeSafetensors()";

interface Part {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/**
 * Writes tensors, and texts about them, in the safetensors format: the bytes that Python's safetensors would write, with wider types
 * first, then by name, and each tensor aligned to its type.
 * @throws InvalidInputError for what is no tensor, a shape that does not match its numbers, and a tensor named `__metadata__`.
 * @example writeSafetensors(net.parameters.map(({ name, value: { rows, cols, data } }) => [name, { shape: [rows, cols], data }]))
 */
export const writeSafetensors = (
  tensors: Iterable<readonly [name: string, tensor: Tensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> => {
  const order = [...dtypes.keys()];
  const parts = Array.from(tensors, partOf).sort(
    (a, b) => order.indexOf(b.dtype) - order.indexOf(a.dtype) || (a.name < b.name ? -1 : 1),
  );
  const names = new Set<string>();
  let at = 0;
  const fields = parts.map(({ name, dtype, shape, data: { byteLength } }) => {
    if (names.has(name)) throw invalid(actor, "a name for each tensor", `${JSON.stringify(name)} twice`);
    names.add(name);
    const entry = { dtype, shape, data_offsets: [at, at + byteLength] };
    at += byteLength;
    return `${JSON.stringify(name)}:${JSON.stringify(entry)}`;
  });
  const texts = Object.keys(metadata).length > 0 ? [`"__metadata__":${JSON.stringify(metadata)}`] : [];
  // put together by hand: an object would bring names that are numbers to its front
  const header = new TextEncoder().encode(`{${[...texts, ...fields].join(",")}}`);
  const length = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, 8, 8 + length).set(header, 8);
  at = 8 + length;
  for (const { data } of parts) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
};

const partOf = ([name, { shape, data }]: readonly [string, Tensor]): Part => {
  const dtype = dtypeOf(data);
  if (dtype === undefined) throw invalid(actor, `a typed array as data of ${name}`, inWords(data));
  if (name === "__metadata__") throw invalid(actor, "another name for a tensor", name);
  const size = shape.reduce((product, n) => product * n, 1);
  if (size !== data.length)
    throw invalid(actor, `${shape.join(" × ")} numbers in ${name}`, String(data.length));
  return { name, dtype, shape, data };
};
