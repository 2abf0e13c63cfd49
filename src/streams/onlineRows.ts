import type { Schema, SchemaState } from "../features/schema.ts";
import type { Moments } from "../folds/moments.ts";
import { moments } from "../folds/moments.ts";
import { rowScaling } from "../folds/rowScaling.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Sparse, sparseRow } from "../math/sparse.ts";

/** What the rows of an online learner have learned: plain data. */
export interface OnlineRowsState {
  schema: SchemaState;
  /** One a column that is scaled. */
  columns: Moments[];
}

/** Events as scaled rows of one line, with room for what came before at their end. */
export interface OnlineRows<Event> {
  readonly width: number;
  readonly sparse: boolean;
  readonly state: OnlineRowsState;
  check(event: Event): void;
  /** The row of an event, 1 × (width + the length of `context`); it changes nothing. */
  row(event: Event, context: readonly number[]): Matrix;
  /** Makes room for what the event brings with it, and answers which columns so got another meaning. */
  admit(event: Event): readonly number[];
  learn(event: Event): void;
}

/** A field that is wider than this in a sparse schema is one of words, which are counted and not scaled. */
const narrow = 64;

/** A schema whose rows are brought to mean 0 and deviation 1; in sparse ones the narrow fields, and the others' ln(1 + count). */
export const onlineRows = <Event extends object>(schema: Schema<Event>): OnlineRows<Event> => {
  const scaling = rowScaling();
  const { width, sparse } = schema;
  const scaled = schema.fields
    .filter((field) => !sparse || field.width <= narrow)
    .flatMap(({ offset, width }) => Array.from({ length: width }, (_, j) => offset + j));
  const at = new Map(scaled.map((column, i) => [column, i]));
  const state = { schema: schema.init(), columns: scaling.init(scaled.length) };
  const raw = new Float64Array(scaled.length);
  const z = new Float64Array(scaled.length);

  const ofEntries = (event: Event, context: readonly number[]): Matrix => {
    const { indices, values } = schema.encode(state.schema, event) as Sparse;
    const columns: number[] = [];
    const numbers: number[] = [];
    raw.fill(0);
    for (let k = 0; k < indices.length; k++) {
      const i = at.get(indices[k]!);
      if (i !== undefined) raw[i]! += values[k]!;
      else {
        columns.push(indices[k]!);
        numbers.push(Math.sign(values[k]!) * Math.log1p(Math.abs(values[k]!)));
      }
    }
    scaling.write(state.columns, raw, z);
    for (let i = 0; i < z.length; i++) {
      columns.push(scaled[i]!);
      numbers.push(z[i]!);
    }
    context.forEach((v, j) => {
      columns.push(width + j);
      numbers.push(v);
    });
    return sparseRow(width + context.length, columns, numbers);
  };
  return {
    width,
    sparse,
    state,
    check: schema.check,
    row: (event, context) => {
      if (sparse) return ofEntries(event, context);
      const cols = width + context.length;
      const data = new Float64Array(cols);
      schema.encodeInto(state.schema, event, raw);
      scaling.write(state.columns, raw, data);
      data.set(context, width);
      return { rows: 1, cols, data };
    },
    admit: (event) => {
      state.schema = schema.admit(state.schema, event);
      const { renewed } = state.schema;
      for (const column of renewed) {
        const i = at.get(column);
        if (i !== undefined) state.columns[i] = moments();
      }
      return renewed;
    },
    learn: (event) => {
      if (sparse) ofEntries(event, []);
      else schema.encodeInto(state.schema, event, raw);
      scaling.learn(state.columns, raw);
      state.schema = schema.learn(state.schema, event);
    },
  };
};
