import { invalid } from "../math/invalid.ts";

/**
 * Parses JSON from outside: unlike `JSON.parse`, which keeps the last of two equal keys in silence, it refuses duplicates, and
 * nesting deeper than `maxDepth`. Objects get own properties alone, `__proto__` among them.
 * @throws InvalidInputError
 */
export const strictJson = (actor: string, what: string, text: string, maxDepth: number): unknown => {
  const refuse = (got: string): Error => invalid(actor, `JSON without duplicate keys as ${what}`, got);
  const open: (Set<string> | undefined)[] = []; // the keys of each object around, undefined for arrays
  let keyed = false; // whether the next string of this object is a key
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === quote) {
      const start = i++;
      for (; i < text.length && text.charCodeAt(i) !== quote; i++) if (text.charCodeAt(i) === backslash) i++;
      const keys = open[open.length - 1];
      if (!keyed || !keys) continue;
      keyed = false;
      const key = parsed(text.slice(start, i + 1), refuse);
      if (keys.has(key as string)) throw refuse(`${JSON.stringify(key)} twice`);
      keys.add(key as string);
    } else if (char === brace || char === bracket) {
      if (open.length === maxDepth) throw refuse(`more than ${maxDepth} levels`);
      keyed = char === brace;
      open.push(keyed ? new Set() : undefined);
    } else if (char === endBrace || char === endBracket) {
      open.pop();
      keyed = false;
    } else if (char === comma) keyed = open[open.length - 1] !== undefined;
  }
  return parsed(text, refuse);
};

const [quote, backslash, comma, brace, bracket, endBrace, endBracket] = Array.from('"\\,{[}]', (c) =>
  c.charCodeAt(0),
);

const parsed = (text: string, refuse: (got: string) => Error): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refuse((error as Error).message);
  }
};
