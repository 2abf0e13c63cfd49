import { invalid, inWords } from "../math/invalid.ts";
import type { Field } from "./field.ts";
import type { Place } from "./schema.ts";

/** A field at its place, with what is decided once. */
export interface Placed extends Place {
  readonly index: number;
  readonly field: Field<never>;
  /** Whether every object has such a property, so that only the event's own counts. */
  readonly inherited: boolean;
}

/** The fields, one after the other. @throws InvalidInputError for none, and for what is no field. */
export const place = (actor: string, fields: object): readonly Placed[] => {
  const placed: Placed[] = [];
  let offset = 0;
  for (const [name, field] of Object.entries(fields as Readonly<Record<string, Field<never>>>)) {
    if (typeof field?.write !== "function") throw invalid(actor, `a field as ${name}`, inWords(field));
    placed.push({
      index: placed.length,
      name,
      offset,
      width: field.width,
      field,
      inherited: name in Object.prototype,
    });
    offset += field.width;
  }
  if (placed.length === 0) throw invalid(actor, "fields", "none");
  return placed;
};

/** What an event holds for a field. */
export const valueIn = (event: object, { name, inherited }: Placed): unknown =>
  inherited && !Object.hasOwn(event, name) ? undefined : (event as Readonly<Record<string, unknown>>)[name];
