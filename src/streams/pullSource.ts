import { invalid, inWords } from "../math/invalid.ts";

/** What web streams have, of which not every browser can iterate. */
export interface WebStream<Item> {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Item | undefined }>;
    cancel(): Promise<void>;
  };
}

/** What items can be pulled from: Node's Readable is an async iterable. */
export type Pulled<Item> = AsyncIterable<Item> | Iterable<Item> | WebStream<Item>;

/** The same, or a function that makes it, such as an async generator function, and is told when nobody wants more. */
export type PullSource<Item> = Pulled<Item> | ((signal: AbortSignal) => Pulled<Item>);

/** An iterator that answers now or later. */
export interface Opened<Item> {
  /** Whether all that there is, is there at once. */
  readonly sync: boolean;
  next(): IteratorResult<Item> | Promise<IteratorResult<Item>>;
  /** Gives up at once, whatever the source is waiting for. */
  return(): Promise<IteratorResult<Item>>;
}

/** Refuses what cannot be pulled from. @throws InvalidInputError */
export const checkPulled = (actor: string, source: unknown): void => {
  const able =
    typeof source === "object" &&
    source !== null &&
    (Symbol.asyncIterator in source || Symbol.iterator in source || "getReader" in source);
  if (!able) throw invalid(actor, "an iterable, a stream, or a function that makes one", inWords(source));
};

/**
 * Begins to iterate a source. An iterator's own `return` waits in line behind a pending `next`, which of a silent source never
 * comes; so streams are destroyed or cancelled, and functions are told by their signal.
 */
export const opened = <Item>(actor: string, source: PullSource<Item>): Opened<Item> => {
  const leaving = new AbortController();
  const made = typeof source === "function" ? source(leaving.signal) : source;
  checkPulled(actor, made);
  const end = { done: true, value: undefined } as const;
  if ("getReader" in made) {
    const reader = made.getReader();
    return {
      sync: false,
      next: async () => (await reader.read()) as IteratorResult<Item>,
      return: async () => {
        leaving.abort();
        await reader.cancel();
        return end;
      },
    };
  }
  const sync = !(Symbol.asyncIterator in made);
  const iterator = Symbol.asyncIterator in made ? made[Symbol.asyncIterator]() : made[Symbol.iterator]();
  return {
    sync,
    next: () => iterator.next(),
    return: async () => {
      leaving.abort();
      if ("destroy" in made && typeof made.destroy === "function") made.destroy(); // of a stream of Node
      return (await iterator.return?.()) ?? end;
    },
  };
};
