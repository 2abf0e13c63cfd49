import { invalid } from "../math/invalid.ts";
import type { Candidate } from "./candidate.ts";

/** Settings by name, each with the values to try. */
export type Settings = Readonly<Record<string, readonly unknown[]>>;

/** One value of each. */
export type Setting<S extends Settings> = { readonly [K in keyof S]: S[K][number] };

/**
 * A candidate for every combination of settings, named by them: `rate 0.1, width 8`. `make` is called once for each.
 * @throws InvalidInputError for a setting without values.
 * @example
 * grid({ rate: [0.1, 0.01], width: [8, 32] }, ({ rate, width }) => ({
 *   model: model(chain(dense(3, width, { activation: "relu" }), dense(width, 1)), { seed: 1 }),
 *   optimizer: adam(rate),
 * }));
 */
export const grid = <const S extends Settings>(
  settings: S,
  make: (setting: Setting<S>) => Omit<Candidate, "name">,
): Candidate[] => {
  let all: Record<string, unknown>[] = [{}];
  for (const [name, values] of Object.entries(settings)) {
    if (!Array.isArray(values) || values.length === 0)
      throw invalid(
        "grid()",
        `an array of at least one value for ${name}`,
        Array.isArray(values) ? "none" : typeof values,
      );
    all = all.flatMap((one) => values.map((value: unknown) => ({ ...one, [name]: value })));
  }
  return all.map((setting) => ({
    name: Object.entries(setting)
      .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(", "),
    ...make(setting as Setting<S>),
  }));
};
