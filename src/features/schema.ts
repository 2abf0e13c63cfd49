import type { Fold } from "../math/fold.ts";
import type { Data, Matrix } from "../math/matrix.ts";
import type { Sparse } from "../math/sparse.ts";
import type { Field } from "./field.ts";

/** The fields of an event by the names of its properties, each for what that property holds when it is there. */
export type FieldsOf<Event> = {
  readonly [K in keyof Event]?: Field<NonNullable<Event[K]>>;
};

/** Lets no field pass that is named after no property of the event. */
export type Named<F, Event> = F & { readonly [K in Exclude<keyof F, keyof Event>]: never };

/** What an event becomes: numbers, or one sparse row if some field is wide; either, if the compiler cannot know. */
export type RowOf<F> =
  "wide" extends WidthsOf<F> ? Sparse : "unknown" extends WidthsOf<F> ? Float64Array | Sparse : Float64Array;

type WidthsOf<F> = {
  [K in keyof F]: F[K] extends Field<never, unknown, infer Wide>
    ? boolean extends Wide
      ? "unknown"
      : Wide extends true
        ? "wide"
        : "narrow"
    : never;
}[keyof F];

/** A field's place among the columns. */
export interface Place {
  readonly name: string;
  readonly offset: number;
  readonly width: number;
}

/** What a schema has learned: plain data, for JSON; restore it with the same fields in the same order. */
export interface SchemaState {
  /** The state of each field, in their order. */
  fields: unknown[];
  /** The columns that the last event gave a new meaning: their weights, and the moments of these, are to be forgotten. */
  renewed: number[];
  /** The same for columns that hold an index: the rows of the embedding. */
  renewedIndices: RenewedIndex[];
}

/** An index that the last event gave a new meaning, and the column that holds such indices. */
export interface RenewedIndex {
  readonly column: number;
  readonly index: number;
}

/** A schema at one moment: it encodes, and learns nothing more. */
export interface Encoding<Event, Row> {
  readonly width: number;
  /** The names of the columns as they stand, such as `origin=SFO`. */
  readonly names: readonly string[];
  encode(event: Event): Row;
}

/**
 * How events become rows of numbers; a fold, whose reading is the encoding at that moment (a copy, so read it seldom).
 * Every method that is given a state leaves it as it is, but for `admit`, `learn` and `step`, which change and return it.
 */
export interface Schema<Event, Row extends Float64Array | Sparse = Float64Array | Sparse>
  extends Fold<Event, Encoding<Event, Row>, SchemaState> {
  readonly width: number;
  /** Whether rows are sparse: then the first layer is to be `dense(…, { sparse: true })`. */
  readonly sparse: boolean;
  readonly fields: readonly Place[];
  /** The names of the columns as they stand; before anything is learned, without a state. */
  names(state?: SchemaState): readonly string[];
  /** @throws InvalidInputError for what the other methods would refuse. */
  check(event: Event): void;
  /** Makes room for what the event brings with it, such as new categories; says in `renewed` which columns that changed, and in `renewedIndices` which indices. */
  admit(state: SchemaState, event: Event): SchemaState;
  /** Learns what stands in for missing values. */
  learn(state: SchemaState, event: Event): SchemaState;
  /** Admits and learns. */
  step(state: SchemaState, event: Event): SchemaState;
  encode(state: SchemaState, event: Event): Row;
  /**
   * Writes the row's `width` numbers into `data`, from `offset` on, dense even where `encode` is sparse. In float32, numbers
   * beyond its range become infinite, which training refuses.
   */
  encodeInto(state: SchemaState, event: Event, data: Data, offset?: number): void;
  /** The rows of several events, for `model.predict`. */
  matrix(state: SchemaState, events: readonly Event[]): Matrix;
}
