import { constants, deflateSync, inflateSync } from "node:zlib";
import { invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import type { Data } from "../math/matrix.ts";
import { type Random, random } from "../math/random.ts";
import { largest } from "./largest.ts";
import { packBits, unpackBits } from "./packBits.ts";
import { blockSize, dequantize, levelsOf, quantize } from "./quantize.ts";

/**
 * How changes of weights are made smaller: 8-bit numbers, entropy-coded; numbers of fewer bits; or the largest alone, a fraction of all.
 * With a `seed` numbers are rounded at random, so that they are right on average.
 */
export type Compress = "int8" | { readonly bits: number; readonly seed?: number } | { readonly topK: number };

/** A change of weights on its way; plain data. */
export type Coded =
  | { readonly kind: "weights" | "change"; readonly values: Data }
  | {
      readonly kind: "quantized";
      readonly bits: number;
      readonly deflated: boolean;
      readonly scales: Float32Array;
      readonly codes: Uint8Array;
    }
  | { readonly kind: "sparse"; readonly indices: Uint32Array; readonly values: Float32Array };

/** Makes changes smaller. */
export type Compressor = (change: Data) => Coded;

/** The compressor of an option. @throws InvalidInputError */
export const compressor = (actor: string, compress: Compress): Compressor => {
  if (compress === "int8") return coded8;
  if (typeof compress !== "object" || compress === null)
    throw invalid(actor, '"int8", { bits } or { topK } as compress', inWords(compress));
  if ("topK" in compress) {
    knownOptions(actor, compress, ["topK"]);
    const { topK } = compress;
    if (!(topK > 0 && topK <= 1)) throw invalid(actor, "a fraction of at most 1 as topK", inWords(topK));
    return (change) => ({ kind: "sparse", ...largest(change, Math.ceil(topK * change.length)) });
  }
  knownOptions(actor, compress, ["bits", "seed"]);
  const { bits, seed } = compress;
  whole(actor, "bits", bits, 2);
  if (bits > 8) throw invalid(actor, "at most 8 bits", String(bits));
  const rng = seed === undefined ? undefined : random(whole(actor, "seed", seed, 0));
  return (change) => packed(change, bits, rng);
};

const packed = (change: Data, bits: number, rng?: Random): Coded => {
  const { scales, codes } = quantize(change, bits, rng);
  return { kind: "quantized", bits, deflated: false, scales, codes: packBits(codes, bits) };
};

/** Huffman codes alone are as short as all of deflate here, and fast. Where they do not help, 7 bits keep it below a byte. */
const coded8: Compressor = (change) => {
  const { scales, codes } = quantize(change, 8);
  const short = deflateSync(codes, { strategy: constants.Z_HUFFMAN_ONLY, level: 1 });
  if (short.length > 0.98 * codes.length) return packed(change, 7);
  return { kind: "quantized", bits: 8, deflated: true, scales, codes: new Uint8Array(short) };
};

/**
 * The change that was coded, of `length` numbers.
 * @throws InvalidInputError for what no {@link compressor} makes.
 */
export const decoded = (actor: string, coded: Coded, length: number): Data => {
  const refuse = (expected: string, got: unknown): Error => invalid(actor, expected, String(got));
  if (coded.kind === "sparse") {
    const { indices, values } = coded;
    if (indices.length !== values.length) throw refuse(`${indices.length} values`, values.length);
    const change = new Float32Array(length);
    for (let k = 0, before = -1; k < indices.length; before = indices[k++]!) {
      if (!(indices[k]! > before && indices[k]! < length))
        throw refuse(`ascending indices below ${length}`, indices[k]);
      change[indices[k]!] = values[k]!;
    }
    return change;
  }
  if (coded.kind !== "quantized") {
    if (coded.values.length !== length) throw refuse(`${length} weights`, coded.values.length);
    return coded.values;
  }
  const { bits, deflated, scales, codes } = coded;
  if (!(bits >= 2 && bits <= 8 && Number.isInteger(bits))) throw refuse("2 to 8 bits", bits);
  const blocks = Math.ceil(length / blockSize);
  if (scales.length !== blocks) throw refuse(`${blocks} scales`, scales.length);
  const open = deflated
    ? inflated(actor, codes, length)
    : codes.length === Math.ceil((length * bits) / 8)
      ? unpackBits(codes, bits, length)
      : undefined;
  if (open?.length !== length) throw refuse(`codes of ${length} weights`, `${codes.length} bytes`);
  const most = 2 * levelsOf(bits);
  const bad = open.find((code) => code > most);
  if (bad !== undefined) throw refuse(`codes of at most ${most}`, bad);
  return dequantize({ scales, codes: open }, bits);
};

const inflated = (actor: string, codes: Uint8Array, length: number): Uint8Array => {
  try {
    return inflateSync(codes, { maxOutputLength: Math.max(length, 1) });
  } catch (error) {
    throw invalid(actor, "deflated codes", (error as Error).message);
  }
};
