/** Fresh zeros, so many. */
export type Slab = (length: number) => Float64Array<ArrayBuffer>;

/** Numbers in a block, and the most of them that are cut from one. */
const block = 512;
const longest = 128;
/** What V8 keeps on its own heap. */
const shortest = 8;

/**
 * Hands out fresh arrays, of which short ones are pieces of blocks of 4 kB, as Node's Buffers are: V8 makes a view in
 * 20 ns, and an array of more than 64 bytes with memory of its own in 200.
 */
export const slab = (): Slab => {
  let memory: ArrayBuffer | undefined;
  let used = 0;
  return (length) => {
    if (length <= shortest || length > longest) return new Float64Array(length);
    if (memory === undefined || used + length > block) {
      memory = new ArrayBuffer(8 * block);
      used = 0;
    }
    const piece = new Float64Array(memory, 8 * used, length);
    used += length;
    return piece;
  };
};
