import { invalid, inWords } from "../math/invalid.ts";
import { type Data, numbers } from "../math/matrix.ts";
import { type Sparse, sparseRow, stacked } from "../math/sparse.ts";
import type { Put, Renew } from "./field.ts";
import { place, valueIn } from "./place.ts";
import type { FieldsOf, Named, RenewedIndex, RowOf, Schema, SchemaState } from "./schema.ts";

const actor = "features()";

/**
 * A schema from fields: `features<Flight>()({ distance: numeric(), origin: category({ capacity: 300 }) })`. The compiler
 * checks that each field is named after a property of the event and fits its type. (Two calls, because the events' type is
 * given and the fields' types are inferred.) Columns stand in the order of the fields; that of an event's properties does
 * not matter, and others than the fields' are not looked at.
 *
 * What is missing (undefined, null, NaN, ±Infinity, at run time another type) is left to its field's policy; what comes out is finite.
 * @throws InvalidInputError for no fields; when used, for events that are no objects, and for values missing under "reject",
 * before anything changes.
 */
export const features =
  <Event extends object>() =>
  <const F extends FieldsOf<Event>>(fields: Named<F, Event>): Schema<Event, RowOf<F>> => {
    const placed = place(actor, fields);
    const strict = placed.filter(({ field }) => !field.accepts(undefined));
    const admitting = placed.filter(({ field }) => field.admit);
    const learning = placed.filter(({ field }) => field.learn);
    const last = placed.at(-1)!;
    const width = last.offset + last.width;
    const sparse = placed.some(({ field }) => field.wide);

    const check = (event: Event): void => {
      if (typeof event !== "object" || event === null)
        throw invalid(actor, "an event, an object", inWords(event));
      for (const one of strict) {
        const value = valueIn(event, one);
        if (!one.field.accepts(value))
          throw invalid(actor, `${one.field.expects} as ${one.name}`, inWords(value));
      }
    };
    const checkAll = (event: Event): void => {
      check(event);
      for (const one of placed) valueIn(event, one); // a getter that throws does so before anything changes
    };
    const admit = (state: SchemaState, event: Event): SchemaState => {
      check(event);
      const renewed: number[] = [];
      const renewedIndices: RenewedIndex[] = [];
      for (const one of admitting) {
        const renew: Renew = (column, index) => {
          if (index === undefined) renewed.push(one.offset + column);
          else renewedIndices.push({ column: one.offset + column, index });
        };
        one.field.admit!(state.fields[one.index], valueIn(event, one), renew);
      }
      state.renewed = renewed.length > 1 ? [...new Set(renewed)] : renewed;
      state.renewedIndices = renewedIndices;
      return state;
    };
    const learn = (state: SchemaState, event: Event): SchemaState => {
      check(event);
      for (const one of learning) one.field.learn!(state.fields[one.index], valueIn(event, one));
      return state;
    };
    const write = (state: SchemaState, event: Event, to: Cursor, put: Put): void => {
      check(event);
      const { start } = to;
      for (let i = 0; i < placed.length; i++) {
        const one = placed[i]!;
        to.start = start + one.offset;
        one.field.write(state.fields[i], valueIn(event, one), put);
      }
    };

    // one cursor and one function for all events, because a closure an event costs more than the columns
    const cursor: Cursor & { data: Data } = { data: numbers(0), start: 0 };
    const addTo: Put = (column, value) => {
      cursor.data[cursor.start + column]! += value;
    };
    const encodeInto = (state: SchemaState, event: Event, data: Data, offset = 0): void => {
      if (!(offset >= 0 && offset + width <= data.length))
        throw invalid(actor, `room for ${width} numbers from ${offset} on`, `${data.length} numbers`);
      if (width > 64) data.fill(0, offset, offset + width);
      else for (let j = offset; j < offset + width; j++) data[j] = 0;
      cursor.data = data;
      cursor.start = offset;
      write(state, event, cursor, addTo);
    };
    const entries = (state: SchemaState, event: Event): Sparse => {
      const columns: number[] = [];
      const values: number[] = [];
      const to: Cursor = { start: 0 };
      write(state, event, to, (column, value) => {
        columns.push(to.start + column);
        values.push(value);
      });
      return sparseRow(width, columns, values);
    };
    const row = (state: SchemaState, event: Event): Float64Array => {
      const data = new Float64Array(width);
      encodeInto(state, event, data);
      return data;
    };
    const encode = (sparse ? entries : row) as Schema<Event, RowOf<F>>["encode"];
    const init = (): SchemaState => ({
      fields: placed.map(({ field }) => field.init()),
      renewed: [],
      renewedIndices: [],
    });
    const names = (state = init()): readonly string[] =>
      placed.flatMap(({ field, name }, i) => field.names(name, state.fields[i]));

    return {
      width,
      sparse,
      fields: placed.map(({ name, offset, width }) => ({ name, offset, width })),
      names,
      init,
      check: checkAll,
      admit,
      learn,
      step: (state, event) => learn(admit(state, event), event),
      read: (state) => {
        const then = structuredClone(state);
        return {
          width,
          get names() {
            return names(then);
          },
          encode: (event) => encode(then, event),
        };
      },
      encode,
      encodeInto,
      matrix: (state, events) => {
        if (sparse)
          return stacked(
            events.map((event) => entries(state, event)),
            width,
          );
        const data = new Float64Array(events.length * width);
        for (let i = 0; i < events.length; i++) encodeInto(state, events[i]!, data, i * width);
        return { rows: events.length, cols: width, data };
      },
    };
  };

/** Where the next field's columns begin. */
interface Cursor {
  start: number;
}
