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
  /** Whether threads can share the memory. */
  readonly shared: boolean;
  /** The memory's buffer; `memory.buffer` itself is a slow getter, and only growing changes it. */
  buffer: ArrayBuffer;
  /** Where the scratch memory starts, for use within one kernel. */
  scratch: number;
  /** A new matrix of zeros. */
  block(rows: number, cols: number): Block;
  free(block: Block): void;
  /** rows × cols elements of a block, from `offset` on; `rebase` makes them those of another. */
  slice(of: Block, offset: number, rows: number, cols: number): Block;
  rebase(slice: Block, to: Block): void;
  /** Makes sure that there are so many bytes of scratch memory. */
  reserve(bytes: number): void;
}

/** A class, because accessors on a prototype keep all blocks of one shape for the compiler; they are on the hottest path. */
class View implements Block {
  readonly rows: number;
  readonly cols: number;
  readonly arena: Arena;
  readonly offset: number;
  ptr: number;
  private home: ArrayBuffer;
  private at: number;
  private view: Float32Array<ArrayBuffer>;

  constructor(arena: Arena, rows: number, cols: number, ptr: number, offset: number) {
    this.rows = rows;
    this.cols = cols;
    this.arena = arena;
    this.offset = offset;
    this.ptr = ptr;
    this.home = arena.buffer;
    this.at = ptr;
    this.view = new Float32Array(arena.buffer, ptr, rows * cols);
  }

  get data(): Float32Array<ArrayBuffer> {
    if (this.home !== this.arena.buffer || this.at !== this.ptr) {
      this.home = this.arena.buffer;
      this.at = this.ptr;
      this.view = new Float32Array(this.home, this.ptr, this.rows * this.cols);
    }
    return this.view;
  }
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

/** A memory of 64 kB that grows; shared, if that is wished for and allowed here. */
const memoryOf = (shared: boolean): WebAssembly.Memory => {
  try {
    if (shared && typeof SharedArrayBuffer === "function")
      return new WebAssembly.Memory({ initial: 1, maximum: page, shared });
  } catch {} // too much address space to ask for
  return new WebAssembly.Memory({ initial: 1, maximum: page });
};

/** An empty arena. */
export const arena = (wish: { readonly shared: boolean } = { shared: false }): Arena => {
  const memory = memoryOf(wish.shared);
  let top = line; // a pointer is never 0
  let scratch: Block | undefined;
  const released = new Map<number, number[]>();

  const extend = (bytes: number): number => {
    const ptr = top;
    top += bytes;
    const short = top + overread - own.buffer.byteLength;
    if (short > 0) {
      memory.grow(Math.ceil(Math.max(short, own.buffer.byteLength / 4) / page));
      own.buffer = memory.buffer as ArrayBuffer;
    }
    return ptr;
  };
  const own: Arena = {
    memory,
    shared: !(memory.buffer instanceof ArrayBuffer),
    buffer: memory.buffer as ArrayBuffer,
    scratch: 0,
    block: (rows, cols) => {
      const size = sizeClass(rows * cols * 4);
      const reused = released.get(size)?.pop();
      if (reused !== undefined) new Uint8Array(own.buffer, reused, size).fill(0);
      return new View(own, rows, cols, reused ?? extend(size), 0);
    },
    free: ({ ptr, rows, cols }) => {
      const size = sizeClass(rows * cols * 4);
      const same = released.get(size);
      if (same) same.push(ptr);
      else released.set(size, [ptr]);
    },
    slice: (of, offset, rows, cols) => new View(own, rows, cols, of.ptr + 4 * offset, offset),
    rebase: (slice, to) => {
      (slice as View).ptr = to.ptr + 4 * (slice as View).offset;
    },
    reserve: (bytes) => {
      if (scratch && scratch.cols * 4 >= bytes) return;
      if (scratch) own.free(scratch);
      scratch = own.block(1, Math.ceil(bytes / 4));
      own.scratch = scratch.ptr;
    },
  };
  return own;
};
