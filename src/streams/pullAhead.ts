import { fifo } from "./fifo.ts";

/**
 * An iterator that asks for the next items of another before it is asked itself: so many may be on their way, or wait, beside
 * the one that was asked for. Never more.
 */
export const pullAhead = <Item>(inner: AsyncIterator<Item>, ahead: number): AsyncIterator<Item> => {
  const asked = fifo<Promise<IteratorResult<Item>>>();
  let over = false;
  const end = (): void => {
    over = true;
  };
  const ask = async (): Promise<IteratorResult<Item>> => inner.next(); // a throw is a rejection here
  return {
    next: () => {
      while (asked.length <= ahead && !over) {
        const result = ask();
        result.then(({ done }) => done && end(), end); // nobody may be left to hear of an error
        asked.push(result);
      }
      return asked.shift() ?? Promise.resolve({ done: true, value: undefined });
    },
    return: async () => (await inner.return?.()) ?? { done: true, value: undefined },
  };
};
