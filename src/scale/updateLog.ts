/** One message of a log. */
export interface LogEntry {
  /** Grows from entry to entry; from 1. */
  readonly sequence: number;
  readonly writer: string;
  readonly body: Uint8Array;
  /** That a stranger wrote it past `append`, so nobody compared it with what was expected: it has its place in the order, and is no message. */
  readonly foreign?: true;
}

/** A name that leads to what is current, such as the version that serves. */
export interface Pointer {
  readonly value: string;
  /** Of the value: what `setPointer` expects. */
  readonly revision: number;
}

/**
 * What learning on many machines needs of the engine below it: a log that all read in the same order and that refuses a writer who has
 * missed what was written in his name, blobs, and pointers that are compared and set. An engine that loses its connection
 * connects again, and a call waits for that.
 */
export interface UpdateLog {
  /** The most bytes of one body; what is larger goes into a blob. */
  readonly maxBody: number;
  /**
   * Appends when `expected` is the sequence of this writer's last entry, 0 for none, and answers the new sequence. An append whose answer got
   * lost may be made again with the same `id`: it answers as the first did, and appends nothing. What strangers have written in this
   * name past `append` is no entry of the writer's.
   * @throws SequenceConflict when somebody else has written in this name.
   */
  append(
    writer: string,
    body: Uint8Array,
    options: { readonly expected: number; readonly id: string },
  ): Promise<number>;
  /** What `append` may expect: the sequence of the writer's last entry, 0 for none. */
  lastOf(writer: string): Promise<number>;
  /** All entries from `from` on, then those that come, without a gap, until the signal; at the reader's pace. */
  read(from: number, signal: AbortSignal): AsyncIterable<LogEntry>;
  /** Lets go of entries below the sequence. */
  purge(below: number): Promise<void>;
  putBlob(name: string, bytes: Uint8Array): Promise<void>;
  getBlob(name: string): Promise<Uint8Array | undefined>;
  deleteBlob(name: string): Promise<void>;
  getPointer(name: string): Promise<Pointer | undefined>;
  /** Sets when `revision` is that of the present value, 0 for none, and answers the new one. @throws SequenceConflict */
  setPointer(name: string, value: string, revision: number): Promise<number>;
  /** The pointer as it is, if it is, and each change of it; of several changes the last may be told of alone. */
  watchPointer(name: string, signal: AbortSignal): AsyncIterable<Pointer>;
  close(): Promise<void>;
}
