import type { Data } from "../math/matrix.ts";
import type { Random } from "../math/random.ts";

/** Numbers as whole multiples of a scale, one for each block: v ≈ scale · (code − levels). */
export interface Quantized {
  readonly scales: Float32Array;
  /** 0 … 2·levels. */
  readonly codes: Uint8Array;
}

/** So many numbers share a scale. */
export const blockSize = 1024;

/** Codes of so many bits lie this far on both sides of 0. */
export const levelsOf = (bits: number): number => 2 ** (bits - 1) - 1;

/**
 * Quantizes symmetrically, the largest of each block to the last level: to the nearest level, or with random numbers to one of the two
 * beside it, so that the expectation is the number itself (Alistarh et al., 2017).
 */
export const quantize = (values: Data, bits: number, random?: Random): Quantized => {
  const levels = levelsOf(bits);
  const scales = new Float32Array(Math.ceil(values.length / blockSize));
  const codes = new Uint8Array(values.length);
  for (let b = 0; b < scales.length; b++) {
    const from = b * blockSize;
    const to = Math.min(from + blockSize, values.length);
    let largest = 0;
    for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(values[i]!));
    scales[b] = largest / levels;
    const scale = scales[b]!;
    for (let i = from; i < to; i++) {
      const exact = scale > 0 ? values[i]! / scale : 0;
      const level = random ? Math.floor(exact + random.uniform()) : Math.round(exact);
      codes[i] = Math.max(-levels, Math.min(levels, level)) + levels;
    }
  }
  return { scales, codes };
};

/** The numbers that quantized ones stand for, added to none. */
export const dequantize = ({ scales, codes }: Quantized, bits: number): Float32Array => {
  const levels = levelsOf(bits);
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = scales[(i / blockSize) | 0]! * (codes[i]! - levels);
  return values;
};
