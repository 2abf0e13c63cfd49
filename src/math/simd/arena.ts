import type { Matrix } from "../matrix.ts";

/** A matrix in the linear memory. The bytes up to the next multiple of 64 are its own too. */
export interface Block extends Matrix {
  readonly data: Float32Array<ArrayBuffer>;
  /** Where it starts, in bytes. */
  readonly ptr: number;
  readonly arena: Arena;
}

/** One linear memory that grows, and what is free in it. */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  block(rows: number, cols: number): Block;
  free(block: Block): void;
  /** A live view into a block that may be replaced: it follows. */
  slice(of: () => Block, offset: number, rows: number, cols: number): Block;
  /** Makes sure that there are so many bytes at `scratch()`, for use within one kernel. */
  reserve(bytes: number): void;
  scratch(): number;
}

const page = 65536;
const line = 64;
/** What kernels may read beyond the end of a matrix. */
const overread = 64;

/** Sizes in which memory is handed out: multiples of 64 bytes, above 4 kB in steps of a quarter of the power of two below. */
const sizeClass = (bytes: number): number => {
  const step = bytes <= 4096 ? line : 2 ** (Math.floor(Math.log2(bytes)) - 2);
  return Math.max(line, Math.ceil(bytes / step) * step);
};

/** An empty arena. Its blocks are zero when they are handed out. */
export const arena = (): Arena => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: page });
  // `memory.buffer` is a slow getter; only growing changes it
  let buffer = memory.buffer as ArrayBuffer;
  let top = line; // a pointer is never 0
  let scratchBlock: Block | undefined;
  const released = new Map<number, number[]>();

  const extend = (bytes: number): number => {
    const ptr = top;
    top += bytes;
    const short = top + overread - buffer.byteLength;
    if (short > 0) {
      memory.grow(Math.ceil(Math.max(short, buffer.byteLength / 4) / page));
      buffer = memory.buffer as ArrayBuffer;
    }
    return ptr;
  };
  const view = (ptrOf: () => number, rows: number, cols: number): Block => {
    let home: ArrayBuffer | undefined;
    let at = -1;
    let data: Float32Array<ArrayBuffer>;
    return {
      rows,
      cols,
      arena: self,
      get ptr() {
        return ptrOf();
      },
      get data() {
        const ptr = ptrOf();
        if (home !== buffer || at !== ptr) {
          home = buffer;
          at = ptr;
          data = new Float32Array(buffer, ptr, rows * cols);
        }
        return data;
      },
    };
  };
  const block = (rows: number, cols: number): Block => {
    const size = sizeClass(rows * cols * 4);
    const reused = released.get(size)?.pop();
    const ptr = reused ?? extend(size);
    if (reused !== undefined) new Uint8Array(buffer, ptr, size).fill(0);
    let home = buffer;
    let data = new Float32Array(buffer, ptr, rows * cols);
    return {
      rows,
      cols,
      ptr,
      arena: self,
      get data() {
        if (home !== buffer) {
          home = buffer;
          data = new Float32Array(buffer, ptr, rows * cols);
        }
        return data;
      },
    };
  };
  const self: Arena = {
    memory,
    block,
    free: ({ ptr, rows, cols }) => {
      const size = sizeClass(rows * cols * 4);
      const same = released.get(size);
      if (same) same.push(ptr);
      else released.set(size, [ptr]);
    },
    slice: (of, offset, rows, cols) => view(() => of().ptr + 4 * offset, rows, cols),
    reserve: (bytes) => {
      if (scratchBlock && scratchBlock.cols * 4 >= bytes) return;
      if (scratchBlock) self.free(scratchBlock);
      scratchBlock = block(1, Math.ceil(bytes / 4));
    },
    scratch: () => scratchBlock?.ptr ?? 0,
  };
  return self;
};
