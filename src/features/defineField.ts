import { invalid, inWords } from "../math/invalid.ts";
import type { Field, Put, Renew } from "./field.ts";

/**
 * What stands in for a value that is missing, which undefined, null, NaN, ±Infinity and values of another type are: zeros;
 * the mean of each column so far; the last value that was there; zeros beside a column of its own that is then 1, and
 * else 0; or nothing: the event is refused. Before there is a mean or a last value, zeros.
 */
export type Missing = "zero" | "mean" | "last" | "indicator" | "reject";

/** The part of a field that is its own: what it does with values that are there. */
export interface Kind<Parsed, Own, Wide extends boolean> {
  /** Who speaks when an option is wrong. */
  readonly actor: string;
  readonly expects: string;
  readonly width: number;
  readonly wide: Wide;
  readonly names: (prefix: string, own: Own) => readonly string[];
  /** The value in a plain form that JSON keeps, or undefined if it is none. */
  readonly parse: (value: unknown) => Parsed | undefined;
  readonly init: () => Own;
  readonly admit?: (own: Own, value: Parsed, renew: Renew) => void;
  readonly write: (own: Own, value: Parsed, put: Put) => void;
}

/** A field's own state, and what it keeps for missing values. */
export interface FieldState<Own = unknown> {
  own: Own;
  /** The last value that was there, under "last". */
  last: unknown;
  /** How many values the mean is of, under "mean", and the mean of each column. */
  count: number;
  mean: number[];
}

/** A field of one's own, from what is its own and a policy for missing values. @throws InvalidInputError for a policy that is none. */
export const defineField = <Value, Parsed, Own, Wide extends boolean>(
  kind: Kind<Parsed, Own, Wide>,
  missing: Missing = "zero",
): Field<Value, FieldState<Own>, Wide> => {
  const { actor, expects, width: columns, wide, parse, admit, write } = kind;
  const policies = wide ? ["zero", "last", "indicator", "reject"] : Object.keys(policyNames);
  if (!policies.includes(missing))
    throw invalid(actor, `one of ${policies.join(", ")} as missing`, inWords(missing));
  const indicator = missing === "indicator";
  const averages = missing === "mean";
  return {
    width: columns + (indicator ? 1 : 0),
    wide,
    expects,
    names: (prefix, { own }) =>
      indicator ? [...kind.names(prefix, own), `${prefix}:missing`] : kind.names(prefix, own),
    init: () => ({
      own: kind.init(),
      last: null,
      count: 0,
      mean: averages ? Array.from({ length: columns }, () => 0) : [],
    }),
    accepts: (value) => missing !== "reject" || parse(value) !== undefined,
    ...(admit && {
      admit: (state: FieldState<Own>, value: unknown, renew: Renew) => {
        const parsed = parse(value);
        if (parsed === undefined) return;
        const forgetting: Renew = (column) => {
          state.mean[column] = 0;
          renew(column);
        };
        admit(state.own, parsed, averages ? forgetting : renew);
      },
    }),
    ...((missing === "last" || averages) && {
      learn: (state: FieldState<Own>, value: unknown) => {
        const parsed = parse(value);
        if (parsed === undefined) return;
        if (averages) average(state, columns, (put) => write(state.own, parsed, put));
        else state.last = parsed;
      },
    }),
    write: (state, value, put) => {
      const parsed = parse(value);
      if (parsed !== undefined) write(state.own, parsed, put);
      else if (indicator) put(columns, 1);
      else if (averages) for (let j = 0; j < columns; j++) put(j, state.mean[j]!);
      else if (missing === "last" && state.last !== null) write(state.own, state.last as Parsed, put);
    },
  };
};

const policyNames: Readonly<Record<Missing, true>> = {
  zero: true,
  mean: true,
  last: true,
  indicator: true,
  reject: true,
};

/** Takes one more row into the mean of each column; x/n − m/n, because x − m may overflow. */
const average = (state: FieldState, columns: number, write: (put: Put) => void): void => {
  const row = new Float64Array(columns);
  write((column, value) => {
    row[column]! += value;
  });
  const n = ++state.count;
  for (let j = 0; j < columns; j++) state.mean[j]! += row[j]! / n - state.mean[j]! / n;
};
