import type { Batch } from "../graph/batch.ts";
import type { Matrix } from "../math/matrix.ts";
import { isPlain, parts } from "./portableBatch.ts";

/**
 * What a slot says about a run: here is a batch, or it comes by another way; its source has ended, or failed; nobody wants
 * it any more, or not this slot.
 */
export type Kind = keyof typeof kinds;

/** What goes through a slot; only "batch" has one. */
export interface Slot {
  readonly kind: Kind;
  readonly run: number;
  readonly batch?: Batch;
}

/**
 * A line of slots in shared memory, from one thread that offers to one that takes. When the taker finds nothing it falls
 * asleep, and the next offer says that somebody has to wake it.
 */
export interface Ring {
  /** How many slots are filled. */
  readonly length: number;
  /** How many there are. */
  readonly size: number;
  /** Whether all the numbers of the batch fit into a slot. */
  fits(batch: Batch): boolean;
  /** Fills a slot, unless all are filled. A batch must fit. */
  offer(slot: Slot): boolean;
  /** Marks the batches of a run that nobody has taken yet as forgotten. */
  forget(run: number): void;
  /** What is next, if anything is. Batches are copies. */
  take(): Slot | undefined;
  /** Falls asleep, unless something has come. */
  sleep(): boolean;
  /** Whether there was one asleep, who is to be woken now. */
  wake(): boolean;
}

const kinds = { forgotten: 0, batch: 1, foreign: 2, end: 3, fail: 4, leave: 5 } as const;
const kindNames = Object.keys(kinds) as Kind[];
/** Of the line and of every slot, in bytes: what is said of the rest. */
const head = 64;

/** Memory for a line of slots, each with room for so many numbers. */
export const ringMemory = (slots: number, numbers: number): SharedArrayBuffer =>
  new SharedArrayBuffer(head + slots * (head + 8 * numbers));

/** One end of a line of slots. */
export const ring = (memory: SharedArrayBuffer, size: number): Ring => {
  const [filled, asleep] = [0, 1];
  const state = new Int32Array(memory, 0, 2);
  const bytes = (memory.byteLength - head) / size;
  const heads = Array.from({ length: size }, (_, i) => new Int32Array(memory, head + i * bytes, head / 4));
  const start = (slot: number): number => 2 * head + slot * bytes;
  const length = (): number => Atomics.load(state, filled);
  let next = 0; // to be offered, or to be taken: each end has its own
  const advance = (): void => {
    next = (next + 1) % size;
  };

  const put = (batch: Batch): void => {
    let at = start(next);
    parts.forEach((part, i) => {
      const m = batch[part];
      const width = m?.data.BYTES_PER_ELEMENT ?? 0;
      heads[next]!.set([width, m?.rows ?? 0, m?.cols ?? 0], 2 + 3 * i);
      if (!m) return;
      viewOf(memory, at, width, m.data.length).set(m.data);
      at += 8 * m.data.length;
    });
  };
  const get = (): Batch => {
    let at = start(next);
    const [x, y, weight] = parts.map((_, i): Matrix | undefined => {
      const [width, rows, cols] = heads[next]!.subarray(2 + 3 * i) as unknown as [number, number, number];
      if (width === 0) return undefined;
      const data = viewOf(memory, at, width, rows * cols).slice(); // in memory that is not shared
      at += 8 * data.length;
      return { rows, cols, data };
    });
    return { x: x!, y: y!, ...(weight ? { weight } : {}) };
  };

  return {
    get length() {
      return length();
    },
    size,
    fits: (batch) => {
      let numbers = 0;
      for (const part of parts) {
        const m = batch?.[part];
        if (m === undefined && part === "weight") continue;
        if (!isPlain(m)) return false;
        numbers += m.data.length;
      }
      return 8 * numbers <= bytes - head;
    },
    offer: ({ kind, run, batch }) => {
      if (length() === size) return false;
      if (batch) put(batch);
      const slot = heads[next]!;
      slot[1] = run;
      Atomics.store(slot, 0, kinds[kind]);
      advance();
      Atomics.add(state, filled, 1);
      return true;
    },
    forget: (run) => {
      for (let back = 1; back <= length(); back++) {
        const slot = heads[(next - back + size) % size]!; // one that is taken meanwhile is read by nobody any more
        if (slot[1] === run) Atomics.compareExchange(slot, 0, kinds.batch, kinds.forgotten);
      }
    },
    take: () => {
      if (length() === 0) return undefined;
      const slot = heads[next]!;
      const kind = kindNames[Atomics.load(slot, 0)]!;
      const taken = { kind, run: slot[1]!, ...(kind === "batch" ? { batch: get() } : {}) };
      advance();
      Atomics.sub(state, filled, 1);
      return taken;
    },
    sleep: () => {
      Atomics.store(state, asleep, 1);
      return length() === 0 || Atomics.exchange(state, asleep, 0) === 0;
    },
    wake: () => Atomics.exchange(state, asleep, 0) === 1,
  };
};

const viewOf = (memory: SharedArrayBuffer, at: number, width: number, length: number) =>
  width === 4 ? new Float32Array(memory, at, length) : new Float64Array(memory, at, length);
