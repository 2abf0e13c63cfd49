import { type InvalidInputError, invalid, isInvalidInput } from "../math/invalid.ts";

/**
 * The error as a refusal of the item that was at work: bad input, or properties that cannot be read, because a getter or a
 * proxy throws. Undefined when the item is not to blame. Items are looked through only once something went wrong.
 */
export const refusalOf = (actor: string, item: unknown, error: unknown): InvalidInputError | undefined => {
  try {
    if (isInvalidInput(error)) return error;
    read(item, 4, new Set()); // the columns of indices that a sample says were renewed stand that deep
    return undefined;
  } catch {
    const refusal = invalid(actor, "what can be read", `properties that throw: ${inWords(error)}`);
    return Object.assign(refusal, { cause: error });
  }
};

/** Reads all properties, those of a class too, so many levels down. @throws what they throw */
const read = (item: unknown, depth: number, seen: Set<unknown>): void => {
  if (typeof item !== "object" || !item || ArrayBuffer.isView(item) || depth === 0 || seen.has(item)) return;
  seen.add(item);
  for (let owner = item; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner))
    for (const name of Reflect.ownKeys(owner)) read(Reflect.get(item, name), depth - 1, seen);
};

/** What was thrown, which may be anything, and throw again. */
const inWords = (thrown: unknown): string => {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return "something";
  }
};
