/** What is wrong with an input: who refused it, what it expected, and what it got. */
export interface InvalidInputError extends Error {
  readonly name: "InvalidInputError";
  readonly actor: string;
  readonly expected: string;
  readonly got: string;
}

/** An error in the house's form: `dense(2, 8) expects 2 columns, got 3`. Nothing has changed when it is thrown. */
export const invalid = (actor: string, expected: string, got: string): InvalidInputError =>
  Object.assign(new Error(`${actor} expects ${expected}, got ${got}`), {
    name: "InvalidInputError" as const,
    actor,
    expected,
    got,
  });

/** An error in the same form for a fault of the program: skipping bad batches must not hide it. */
export const fault = (actor: string, expected: string, got: string): Error =>
  new Error(`${actor} expects ${expected}, got ${got}`);

/** What went wrong in a part that the batch is not to blame for, as an error that skipping bad batches must not hide. */
export const blame = (part: string, error: unknown): Error =>
  new Error(`${part}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });

/** Whether an error says that the input was bad, rather than the program. */
export const isInvalidInput = (error: unknown): error is InvalidInputError =>
  error instanceof Error && error.name === "InvalidInputError";

/** A value that should have been something else, so that one sees what it is. */
export const inWords = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function")
    return value.name ? `the function ${value.name}, which is to be called` : "a function";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
};

/** Refuses options that nobody reads, such as misspelt ones, naming those that there are. @throws InvalidInputError */
export const knownOptions = <O extends object>(
  actor: string,
  options: O,
  known: readonly (keyof O & string)[],
): void => {
  const expected = `options named ${known.join(", ")}`;
  if (typeof options !== "object" || options === null) throw invalid(actor, expected, String(options));
  for (const name in options) if (!known.includes(name)) throw invalid(actor, expected, name);
};

/** The number, when it is finite and lies in [min, max]; an InvalidInputError that names the actor otherwise. */
export const finite = (
  actor: string,
  what: string,
  value: number,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: { min?: number; max?: number } = {},
): number => {
  if (Number.isFinite(value) && value >= min && value <= max) return value;
  const range =
    min === Number.NEGATIVE_INFINITY && max === Number.POSITIVE_INFINITY
      ? "a finite number"
      : max === Number.POSITIVE_INFINITY
        ? `a number of at least ${min}`
        : min === Number.NEGATIVE_INFINITY
          ? `a number of at most ${max}`
          : `a number from ${min} to ${max}`;
  throw invalid(actor, `${range} as ${what}`, String(value));
};

/** The number, when it is an integer of at least `min`; an InvalidInputError that names the actor otherwise. */
export const whole = (actor: string, what: string, value: number, min = 1): number => {
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw invalid(actor, `a whole number of at least ${min} as ${what}`, String(value));
};
