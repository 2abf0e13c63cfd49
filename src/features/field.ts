/** Adds a number to a column, counted from the field's first. */
export type Put = (column: number, value: number) => void;

/**
 * Says that a column, counted from the field's first, now stands for something else; or, given an index, that this index
 * in the column does.
 */
export type Renew = (column: number, index?: number) => void;

/**
 * A field: how one property of an event becomes columns. `Wide` fields have so many that rows are written as sparse ones.
 * Its state is plain data. What it is given at run time may be anything: what is not a `Value` counts as missing.
 */
export interface Field<in Value, State = unknown, out Wide extends boolean = boolean> {
  /** How many columns. */
  readonly width: number;
  readonly wide: Wide;
  /** What a value should be, in words. */
  readonly expects: string;
  /** The columns' names, as they stand. */
  names(prefix: string, state: State): readonly string[];
  init(): State;
  /** Whether the field can do something with the value: false only for what is missing, under "reject". */
  accepts(value: unknown): boolean;
  /** Makes room for what the value brings with it, such as a column for a new category; missing if nothing can come. */
  admit?(state: State, value: unknown, renew: Renew): void;
  /** Learns what will stand in for missing values; missing if that is nothing. */
  learn?(state: State, value: unknown): void;
  /** Writes the columns that are not zero; the state stays as it is. */
  write(state: State, value: unknown, put: Put): void;
  /** For the compiler alone. */
  readonly takes?: (value: Value) => void;
}
