import type { Data, Precision } from "./matrix.ts";

/** Gives fresh zeros, so many. */
export interface Slab {
  (length: number): Float64Array<ArrayBuffer>;
  (length: number, precision: Precision): Data;
}

/** Bytes of a block, and the longest array that is cut from one. */
const block = 8192;
const longest = 2048;

/**
 * Hands out fresh arrays, of which short ones are pieces of blocks of 8 kB, as Node's Buffers are: V8 makes a view in
 * 20 ns, and an array of more than 64 bytes with memory of its own in 200.
 */
export const slab = (): Slab => {
  let memory: ArrayBuffer | undefined;
  let used = 0;
  function fresh(length: number): Float64Array<ArrayBuffer>;
  function fresh(length: number, precision: Precision): Data;
  function fresh(length: number, precision: Precision = "float64"): Data {
    const single = precision === "float32";
    const bytes = single ? ((length + 1) & ~1) * 4 : length * 8; // doubles start at multiples of 8
    if (bytes > longest) return single ? new Float32Array(length) : new Float64Array(length);
    if (memory === undefined || used + bytes > block) {
      memory = new ArrayBuffer(block);
      used = 0;
    }
    const start = used;
    used += bytes;
    return single ? new Float32Array(memory, start, length) : new Float64Array(memory, start, length);
  }
  return fresh;
};
