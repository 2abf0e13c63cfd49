/** Things that wait in line. */
export interface Fifo<Item> {
  readonly length: number;
  push(item: Item): void;
  /** The one that came first. */
  peek(): Item | undefined;
  /** Takes out the one that came first. */
  shift(): Item | undefined;
  /** Takes out the one that so many stand in front of, in O(n). */
  remove(index: number): Item | undefined;
  clear(): void;
}

/** An empty line. All operations take O(1), averaged; `Array.shift` moves what stays when the line is long. */
export const fifo = <Item>(): Fifo<Item> => {
  const items: (Item | undefined)[] = [];
  let first = 0;
  return {
    get length() {
      return items.length - first;
    },
    push: (item) => {
      items.push(item);
    },
    peek: () => items[first],
    shift: () => {
      if (first === items.length) return undefined;
      const item = items[first];
      items[first++] = undefined;
      if (2 * first >= items.length) {
        items.splice(0, first);
        first = 0;
      }
      return item;
    },
    remove: (index) => items.splice(first + index, 1)[0],
    clear: () => {
      items.length = 0;
      first = 0;
    },
  };
};
