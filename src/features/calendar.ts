import { finite, invalid, inWords, knownOptions } from "../math/invalid.ts";
import { defineField, type FieldState, type Missing } from "./defineField.ts";
import type { Field } from "./field.ts";

/** What of a date becomes columns. */
export type CalendarPart = "hour" | "weekday" | "yearday" | "weekend";

export interface CalendarOptions {
  /** All of them, unless told otherwise. */
  readonly parts?: readonly CalendarPart[];
  /** Minutes ahead of UTC, such as 60 for Central European winter time; there are no time zones with their summer times. */
  readonly offset?: number;
  readonly missing?: Missing;
}

const actor = "calendar()";
const day = 86_400_000;
/** Dates end 463 days later; those beyond are taken for this one, as the January of its year can be told. */
const furthest = 8.6e15;

/**
 * A date, or a number of milliseconds since 1970, as positions in the day, the week (from Sunday) and the year, each a sine
 * and a cosine, and a column that is 1 on Saturdays and Sundays. In UTC, unless given an `offset`.
 * @throws InvalidInputError for parts that are none, or an offset of more than a day.
 */
export const calendar = (options: CalendarOptions = {}): Field<Date | number, FieldState<null>, false> => {
  knownOptions(actor, options, ["parts", "offset", "missing"]);
  const { offset = 0, missing } = options;
  const parts: readonly CalendarPart[] = options.parts ?? everyPart;
  finite(actor, "offset", offset, { min: -1440, max: 1440 });
  if (!(Array.isArray as (list: unknown) => boolean)(parts) || parts.length === 0)
    throw invalid(actor, "parts", inWords(parts));
  for (const part of parts)
    if (!everyPart.includes(part)) throw invalid(actor, `parts among ${everyPart.join(", ")}`, inWords(part));
  const names = parts.flatMap((part) => (part === "weekend" ? [part] : [`${part}:sin`, `${part}:cos`]));
  return defineField(
    {
      actor,
      expects: "a date or a number of milliseconds",
      width: names.length,
      wide: false,
      names: (prefix) => names.map((name) => `${prefix}:${name}`),
      parse: momentOf,
      init: () => null,
      write: (_, moment, put) => {
        const t = Math.min(Math.max(moment + offset * 60_000, -furthest), furthest);
        let j = 0;
        for (const part of parts) {
          if (part === "weekend") {
            put(j++, inWeek(t) < 1 || inWeek(t) >= 6 ? 1 : 0);
            continue;
          }
          const angle = 2 * Math.PI * positions[part](t);
          put(j++, Math.sin(angle));
          put(j++, Math.cos(angle));
        }
      },
    },
    missing,
  );
};

const everyPart: readonly CalendarPart[] = ["hour", "weekday", "yearday", "weekend"];

const momentOf = (value: unknown): number | undefined => {
  const moment = value instanceof Date ? value.getTime() : value;
  return typeof moment === "number" && Math.abs(moment) <= 8.64e15 ? moment : undefined;
};

const modulo = (a: number, n: number): number => ((a % n) + n) % n;

/** Days since the last Sunday began; 1970 began on a Thursday. */
const inWeek = (t: number): number => modulo(t / day + 4, 7);

const inYear = (t: number): number => {
  const at = new Date(t);
  const midnight = new Date(t).setUTCHours(0, 0, 0, 0);
  const start = at.setUTCMonth(0, 1);
  return (midnight - new Date(start).setUTCHours(0, 0, 0, 0)) / day + modulo(t, day) / day;
};

/** Each from 0 to 1. */
const positions: Readonly<Record<Exclude<CalendarPart, "weekend">, (t: number) => number>> = {
  hour: (t) => modulo(t, day) / day,
  weekday: (t) => inWeek(t) / 7,
  yearday: (t) => inYear(t) / 365.2425,
};
