/** Plain data as it is now: arrays, typed arrays, matrices and plain objects are copied, all the way down; all else is shared. */
export const copyOfItem = <Item>(item: Item): Item => copy(item) as Item;

const copy = (value: unknown): unknown => {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return value.some(isObject) ? value.map(copy) : value.slice();
  if (ArrayBuffer.isView(value)) return "slice" in value ? (value as Float64Array).slice() : value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copied: Record<string, unknown> = { ...value };
  for (const name in copied) {
    const part = copied[name];
    if (isObject(part)) copied[name] = copy(part);
  }
  return copied;
};

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
