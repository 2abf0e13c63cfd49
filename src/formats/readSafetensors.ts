import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { dtypes } from "./dtypes.ts";
import { strictJson } from "./strictJson.ts";
import type { StoredTensor, TensorFile } from "./tensor.ts";

/** What a file may be at most; checked before anything is allocated for it. */
export interface SafetensorsLimits {
  /** Bytes of the file: 1 GiB, unless told otherwise. */
  readonly maxBytes?: number;
  /** Bytes of its header: 1 MiB, unless told otherwise; the format itself ends at 100 MB. */
  readonly maxHeader?: number;
  readonly maxTensors?: number;
}

/** Where the header says that a tensor is. */
interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const actor = "readSafetensors()";
const maxRank = 16;

/**
 * Reads a file in the safetensors format (Hugging Face, 2022): eight bytes with the length of the header, the header in JSON, and
 * the numbers, little-endian. For files from anywhere: whatever a file says, what is allocated stays within a small multiple of its
 * size, and there is nothing in it that could run. Tensors own their memory.
 * @throws InvalidInputError for what is larger than the limits or is no such file: a header that is no JSON or names something
 * twice, unknown types, shapes that do not match their bytes, overlaps, gaps, and bytes at the end.
 * @example const { tensors } = readSafetensors(await readFile("model.safetensors"));
 */
export const readSafetensors = (bytes: Uint8Array, limits: SafetensorsLimits = {}): TensorFile => {
  knownOptions(actor, limits, ["maxBytes", "maxHeader", "maxTensors"]);
  const { maxBytes = 2 ** 30, maxHeader = 2 ** 20, maxTensors = 65_536 } = limits;
  finite(actor, "maxBytes", maxBytes, { min: 8 });
  whole(actor, "maxHeader", maxHeader, 2);
  whole(actor, "maxTensors", maxTensors, 0);
  if (!(bytes instanceof Uint8Array)) throw invalid(actor, "bytes", inWords(bytes));
  if (bytes.length > maxBytes) throw invalid(actor, `at most ${maxBytes} bytes`, String(bytes.length));
  const { header, data } = partsOf(bytes, Math.min(maxHeader, 100_000_000));
  const listed = Object.entries(objectOf("header", strictJson(actor, "header", header, 4)));
  if (listed.length > maxTensors + 1) throw invalid(actor, `at most ${maxTensors} tensors`, "more");
  const metadata = new Map<string, string>();
  const entries: Entry[] = [];
  for (const [name, value] of listed)
    if (name === "__metadata__") {
      for (const [key, text] of Object.entries(objectOf("__metadata__", value)))
        if (typeof text === "string") metadata.set(key, text);
        else throw invalid(actor, "strings in __metadata__", `${inWords(text)} as ${JSON.stringify(key)}`);
    } else entries.push(entryOf(name, value));
  checkPlaces(entries, data.length);
  const read = ({ name, dtype, shape, begin, end }: Entry): [string, StoredTensor] => [
    name,
    { dtype, shape, data: dtypes.get(dtype)!.read(data.subarray(begin, end)) },
  ];
  return { tensors: new Map(entries.map(read)), metadata };
};

const partsOf = (bytes: Uint8Array, maxHeader: number): { header: string; data: Uint8Array } => {
  if (bytes.length < 8) throw invalid(actor, "a file of at least 8 bytes", String(bytes.length));
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > maxHeader) throw invalid(actor, `a header of at most ${maxHeader} bytes`, String(length));
  if (length > bytes.length - 8)
    throw invalid(actor, `the ${length} bytes of its header`, `${bytes.length - 8}`);
  const part = bytes.subarray(8, 8 + length);
  if (part[0] !== 0x7b) throw invalid(actor, 'a header that begins with "{"', "another byte");
  try {
    const header = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part);
    return { header, data: bytes.subarray(8 + length) };
  } catch {
    throw invalid(actor, "a header in UTF-8", "other bytes");
  }
};

const objectOf = (what: string, value: unknown): Readonly<Record<string, unknown>> => {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw invalid(actor, `an object as ${what}`, inWords(value));
};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const entryOf = (name: string, value: unknown): Entry => {
  const of = `of ${JSON.stringify(name)}`;
  const { dtype, shape, data_offsets: offsets, ...others } = objectOf(JSON.stringify(name), value);
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalid(actor, `dtype, shape and data_offsets ${of}`, other);
  const type = typeof dtype === "string" ? dtypes.get(dtype) : undefined;
  if (!type) throw invalid(actor, `one of ${[...dtypes.keys()].join(", ")} as dtype ${of}`, inWords(dtype));
  if (!Array.isArray(shape) || shape.length > maxRank || !shape.every(isCount))
    throw invalid(actor, `up to ${maxRank} whole numbers as shape ${of}`, inWords(shape));
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw invalid(actor, `two whole numbers as data_offsets ${of}`, inWords(offsets));
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((product, n) => product * n, type.size);
  if (!Number.isSafeInteger(size) || end - begin !== size)
    throw invalid(actor, `the ${size} bytes that its shape takes ${of}`, String(end - begin));
  return { name, dtype: dtype as string, shape, begin, end };
};

/** The tensors fill the data from its first byte to its last, without gaps and overlaps. */
const checkPlaces = (entries: readonly Entry[], length: number): void => {
  let filled = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== filled)
      throw invalid(actor, `${JSON.stringify(name)} to begin at byte ${filled}`, String(begin));
    filled = end;
  }
  if (filled !== length) throw invalid(actor, `${filled} bytes of data`, String(length));
};
