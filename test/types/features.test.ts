import {
  calendar,
  category,
  classes,
  cyclical,
  encode,
  features,
  flag,
  hashedWords,
  minibatch,
  numeric,
  type Sample,
  type Schema,
  type Sparse,
  type SparseSample,
  tags,
} from "rxgrad";
import type { Observable } from "rxjs";
import { expectTypeOf, it } from "vitest";

/** Checked by the compiler; running it would be beside the point. */
const compiles = (_: () => void): void => {};

interface Flight {
  readonly distance: number;
  readonly delay?: number | null;
  readonly origin: "SFO" | "OAK";
  readonly code: string | number;
  readonly when: Date;
  readonly tags?: readonly string[];
  readonly night: boolean | undefined;
}
declare const flights$: Observable<Flight>;

it("features() takes fields that fit the event, whose properties may be missing", () => {
  compiles(() => {
    const schema = features<Flight>()({
      distance: numeric(),
      delay: numeric({ missing: "mean" }),
      origin: category({ vocabulary: ["SFO", "OAK"] }),
      code: category({ capacity: 5 }),
      when: calendar(),
      tags: tags({ buckets: 8 }),
      night: flag(),
    });
    expectTypeOf(schema).toEqualTypeOf<Schema<Flight, Float64Array>>();
  });
});

it("features() does not compile with fields that do not fit", () => {
  compiles(() => {
    // @ts-expect-error misspelt
    features<Flight>()({ distnce: numeric() });
    // @ts-expect-error misspelt, beside one that is right
    features<Flight>()({ distance: numeric(), orign: category({ buckets: 8 }) });
    // @ts-expect-error a number is no text
    features<Flight>()({ distance: hashedWords(8) });
    // @ts-expect-error a string is no number
    features<Flight>()({ origin: numeric() });
    // @ts-expect-error a string or a number is no number
    features<Flight>()({ code: cyclical(24) });
    // @ts-expect-error a list is no category
    features<Flight>()({ tags: category({ buckets: 8 }) });
    // @ts-expect-error a category is no list
    features<Flight>()({ origin: tags({ buckets: 8 }) });
    // @ts-expect-error a date is no number
    features<Flight>()({ when: numeric() });
    // @ts-expect-error a flag is no number
    features<Flight>()({ night: numeric() });
  });
});

it("features() has sparse rows where a field is wide", () => {
  compiles(() => {
    const words = features<Flight>()({ distance: numeric(), origin: hashedWords(2 ** 18) });
    expectTypeOf(words).toEqualTypeOf<Schema<Flight, Sparse>>();
    const wide = features<Flight>()({ code: category({ buckets: 2 ** 20, sparse: true }) });
    expectTypeOf(wide).toEqualTypeOf<Schema<Flight, Sparse>>();
    const either = features<Flight>()({ code: category({ buckets: 2 ** 20, sparse: true as boolean }) });
    expectTypeOf(either).toEqualTypeOf<Schema<Flight, Float64Array | Sparse>>();
    flights$.pipe(encode(either, { target: () => 1 }), minibatch(8));
    expectTypeOf(flights$.pipe(encode(words, { target: () => 1 }))).toEqualTypeOf<Observable<SparseSample>>();
    flights$.pipe(encode(words, { target: () => 1 }), minibatch(8));
  });
});

it("encode() takes events of the schema, and targets that are numbers, or labels with classes", () => {
  compiles(() => {
    const schema = features<Flight>()({ distance: numeric() });
    const samples$ = flights$.pipe(encode(schema, { target: ({ delay }) => delay ?? 0 }));
    expectTypeOf(samples$).toEqualTypeOf<Observable<Sample>>();
    flights$.pipe(encode(schema, { target: ({ origin }) => origin, classes: classes({ capacity: 2 }) }));
    const known = features<Pick<Flight, "distance">>()({ distance: numeric() });
    flights$.pipe(encode(known, { target: ({ night }) => (night ? 1 : 0) }));
    known.matrix(known.init(), [{ distance: 3 }]);
    // @ts-expect-error labels without classes
    flights$.pipe(encode(schema, { target: ({ origin }) => origin }));
    // @ts-expect-error no such property
    flights$.pipe(encode(schema, { target: ({ delai }) => delai }));
    // @ts-expect-error events of another kind
    schema.encode(schema.init(), { distance: "far" });
  });
});
