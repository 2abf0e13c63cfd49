import type { Schema, SchemaState } from "../features/schema.ts";
import { type Moments, moments } from "../folds/moments.ts";
import { damped, rowScaling } from "../folds/rowScaling.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Sparse, sparseRow } from "../math/sparse.ts";

/** What the rows of an online learner have learned: plain data. */
export interface OnlineRowsState {
  schema: SchemaState;
  /** One a column that is scaled. */
  columns: Moments[];
}

/** An event as a row of numbers, 1 × width, and as one that ends with what came before it. */
export interface OnlineRow {
  readonly plain: Matrix;
  readonly recent: Matrix;
}

/** Events as scaled rows. */
export interface OnlineRows<Event> {
  readonly width: number;
  readonly sparse: boolean;
  readonly state: OnlineRowsState;
  check(event: Event): void;
  /** The row of an event, after a context that is scaled already; it changes nothing. */
  row(event: Event, context: readonly number[]): OnlineRow;
  /** Makes room for what the event brings with it, and answers which columns so got another meaning. */
  admit(event: Event): readonly number[];
  learn(event: Event): void;
}

/** A field that is wider than this in a sparse schema holds counts of words, most of them zero, which are not centered. */
const narrow = 64;

/** A schema whose rows are brought to mean 0 and deviation 1; in sparse ones only narrow fields are, and counts of words are {@link damped}. */
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

  /** The entries that are not scaled; those that are go to `raw`. */
  const entriesOf = (event: Event): { columns: number[]; values: number[] } => {
    const row = schema.encode(state.schema, event) as Sparse;
    const columns: number[] = [];
    const values: number[] = [];
    raw.fill(0);
    for (let k = 0; k < row.indices.length; k++) {
      const i = at.get(row.indices[k]!);
      if (i !== undefined) raw[i]! += row.values[k]!;
      else {
        columns.push(row.indices[k]!);
        values.push(damped(row.values[k]!));
      }
    }
    return { columns, values };
  };
  const sparseRows = (event: Event, context: readonly number[]): OnlineRow => {
    const { columns, values } = entriesOf(event);
    scaling.write(state.columns, raw, z);
    const all = [...columns, ...scaled];
    const numbers = [...values, ...z];
    const after = context.map((_, j) => width + j);
    return {
      plain: sparseRow(width, all, numbers),
      recent: sparseRow(
        width + context.length,
        [...all, ...after],
        [...numbers, ...context.map(scaling.bounded)],
      ),
    };
  };
  const denseRows = (event: Event, context: readonly number[]): OnlineRow => {
    const cols = width + context.length;
    const data = new Float64Array(cols);
    schema.encodeInto(state.schema, event, raw);
    scaling.write(state.columns, raw, z);
    data.set(z);
    for (let j = 0; j < context.length; j++) data[width + j] = scaling.bounded(context[j]!);
    return {
      plain: { rows: 1, cols: width, data: data.subarray(0, width) },
      recent: { rows: 1, cols, data },
    };
  };
  return {
    width,
    sparse,
    state,
    check: schema.check,
    row: sparse ? sparseRows : denseRows,
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
      if (sparse) entriesOf(event);
      else schema.encodeInto(state.schema, event, raw);
      scaling.learn(state.columns, raw);
      state.schema = schema.learn(state.schema, event);
    },
  };
};
