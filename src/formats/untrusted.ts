import { invalid, inWords } from "../math/invalid.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Looks at JSON from outside, of which nothing is known: each gives what it expects, or throws an InvalidInputError. */
export interface Untrusted {
  object(what: string, value: unknown): Fields;
  list(what: string, value: unknown): readonly unknown[];
  text(what: string, value: unknown): string;
  /** A whole number of at least 1. */
  count(what: string, value: unknown): number;
  number(what: string, value: unknown): number;
  refuse(expected: string, got: unknown): Error;
}

/** The looks of one reader; objects are asked for own fields alone, by {@link field}. */
export const untrusted = (actor: string): Untrusted => {
  const refuse = (expected: string, got: unknown): Error =>
    invalid(actor, expected, typeof got === "string" ? got : inWords(got));
  const check =
    <T>(is: (value: unknown) => boolean, kind: string) =>
    (what: string, value: unknown): T => {
      if (is(value)) return value as T;
      throw refuse(`${kind} as ${what}`, inWords(value));
    };
  return {
    object: check<Fields>((v) => typeof v === "object" && v !== null && !Array.isArray(v), "an object"),
    list: check<readonly unknown[]>(Array.isArray, "an array"),
    text: check<string>((v) => typeof v === "string", "a text"),
    count: check<number>((v) => Number.isSafeInteger(v) && (v as number) > 0, "a whole number above 0"),
    number: check<number>((v) => Number.isFinite(v), "a finite number"),
    refuse,
  };
};

/** A field that an object has of its own; undefined for none, and for null. */
export const field = (object: Fields, key: string): unknown =>
  Object.hasOwn(object, key) ? (object[key] ?? undefined) : undefined;
