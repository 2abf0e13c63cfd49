/**
 * Something large in memory that two threads share: one of them writes whole versions of it, the other reads the newest,
 * and neither ever waits or sees a half of one. There are three copies: the writer's own, the reader's own, and the newest
 * that is whole, which the two exchange for theirs in one atomic operation.
 */
export interface TripleBuffer<View> {
  /** Writes a version, and makes it the newest; for one thread alone. */
  write(fill: (view: View) => void): void;
  /** Whether there is a version newer than the one that `read` gave last. */
  fresh(): boolean;
  /** The newest version, which stays as it is until the next call; for one other thread alone. */
  read(): View;
}

/** Where the copies begin, and where they may. */
const line = 64;
/** In the word that tells which copy lies between: nobody has read it. */
const unread = 4;

/** Memory for a triple buffer of so many bytes. */
export const tripleBufferMemory = (bytes: number): SharedArrayBuffer =>
  new SharedArrayBuffer(line + 3 * line * Math.ceil(bytes / line));

/** A triple buffer on its memory; `view` makes what is written and read of the bytes from `at` on. */
export const tripleBuffer = <View>(
  memory: SharedArrayBuffer,
  view: (at: number) => View,
): TripleBuffer<View> => {
  const between = new Int32Array(memory, 0, 1);
  const size = (memory.byteLength - line) / 3;
  const copies = [0, 1, 2].map((i) => view(line + i * size));
  let back = 1;
  let front = 2; // between holds 0 in new memory
  return {
    write: (fill) => {
      fill(copies[back]!);
      back = Atomics.exchange(between, 0, back | unread) & ~unread;
    },
    fresh: () => (Atomics.load(between, 0) & unread) !== 0,
    read: () => {
      if ((Atomics.load(between, 0) & unread) !== 0) front = Atomics.exchange(between, 0, front) & ~unread;
      return copies[front]!;
    },
  };
};
