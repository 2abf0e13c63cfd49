import type { OperatorFunction } from "rxjs";
import type { Classes, ClassesState, Label } from "../features/classes.ts";
import type { RenewedIndex, Schema, SchemaState } from "../features/schema.ts";
import type { Renewal } from "../graph/renewal.ts";
import { invalid, inWords, knownOptions } from "../math/invalid.ts";
import type { Sparse } from "../math/sparse.ts";
import { operate } from "./operate.ts";
import { refusalOf } from "./refusalOf.ts";
import type { Sample, SparseSample } from "./sample.ts";

/** A sample with such a row. */
export type SampleOf<Row> = Row extends Sparse ? SparseSample : Sample;

interface CommonOptions<Event> {
  /** What the event counts for; 1, if left out. */
  readonly weight?: (event: Event) => number;
  /** What becomes of an event that is refused: it ends the stream with an error, or is left out. */
  readonly onInvalid?: "error" | "skip";
  /** Is told of each event that was left out, and why. */
  readonly rejected?: (event: Event, reason: Error) => void;
  /** Is told of columns that now stand for something else, before the sample that uses them comes out. */
  readonly renewed?: (columns: readonly number[]) => void;
  /** Is told of indices that now stand for something else, likewise. */
  readonly renewedIndices?: (indices: readonly RenewedIndex[]) => void;
  /**
   * Whether samples say what they renewed, so that the model forgets it before it learns from them: see {@link forget}.
   * `minibatch` hands it on, and closes a batch in which the old meaning waits.
   */
  readonly forget?: boolean;
  /** A state to learn into, for predictions that use it too; all subscriptions share it. Else each has its own. */
  readonly state?: SchemaState;
}

/** Targets that are numbers. */
export interface EncodeOptions<Event> extends CommonOptions<Event> {
  readonly target: (event: Event) => number | ArrayLike<number>;
}

/** Targets that are labels, which become class indices. */
export interface EncodeClassesOptions<Event> extends CommonOptions<Event> {
  readonly target: (event: Event) => Label;
  readonly classes: Classes;
  /** A state of the classes to learn into, as `state`. */
  readonly classesState?: ClassesState;
  /** Is told of classes that now stand for another label. */
  readonly renewedClasses?: (classes: readonly number[]) => void;
}

const actor = "encode()";

/**
 * Events as samples, by a schema that learns from them. Each event is first admitted, so that a new category has its column;
 * then encoded; and only then learned, so that the mean that stands in for a missing value holds no later value nor its
 * own. Events may have more than the schema knows of, such as the target, which events to predict for do not have. Samples that wait in a batch keep the meaning that their columns had, unless `forget` is set.
 *
 * Hand-written, because it sees every event and may emit none.
 * @throws InvalidInputError (as an error of the stream) for events that are refused, unless they are skipped: by a field
 * under "reject", or by classes that are full; nothing changes then.
 */
export function encode<Features, Row extends Float64Array | Sparse, Event extends Features = Features>(
  schema: Schema<Features, Row>,
  options: EncodeOptions<Event> | EncodeClassesOptions<Event>,
): OperatorFunction<Event, SampleOf<Row>> {
  knownOptions<EncodeClassesOptions<Event>>(actor, options as EncodeClassesOptions<Event>, known);
  const { target, weight, onInvalid = "error", rejected, renewed, renewedIndices, forget = false } = options;
  if (typeof target !== "function") throw invalid(actor, "a function as target", inWords(target));
  if (onInvalid !== "error" && onInvalid !== "skip")
    throw invalid(actor, '"error" or "skip" as onInvalid', inWords(onInvalid));
  if (typeof forget !== "boolean") throw invalid(actor, "true or false as forget", inWords(forget));
  return operate((out) => {
    let state = options.state ?? schema.init();
    let outputs: readonly number[] = [];
    const truth = "classes" in options ? labelled(options, (some) => (outputs = some)) : options.target;
    const sampleOf = (event: Event): SampleOf<Row> => {
      schema.check(event);
      const w = weight?.(event);
      outputs = [];
      const y = truth(event);
      state = schema.admit(state, event);
      if (state.renewed.length > 0) renewed?.(state.renewed);
      if (state.renewedIndices.length > 0) renewedIndices?.(state.renewedIndices);
      const x = schema.encode(state, event);
      state = schema.learn(state, event);
      const sample = w === undefined ? { x, y } : { x, y, weight: w };
      const news = forget ? renewalOf(state, outputs) : undefined;
      return (news ? { ...sample, renewed: news } : sample) as unknown as SampleOf<Row>;
    };
    return {
      next: (event) => {
        let sample: SampleOf<Row>;
        try {
          sample = sampleOf(event);
        } catch (error) {
          const refusal = refusalOf(actor, event, error);
          if (onInvalid === "error" || !refusal) throw refusal ?? error;
          rejected?.(event, refusal);
          return;
        }
        out.next(sample);
      },
    };
  });
}

const known: readonly (keyof EncodeClassesOptions<never>)[] = [
  "target",
  "weight",
  "onInvalid",
  "rejected",
  "renewed",
  "renewedIndices",
  "forget",
  "state",
  "classes",
  "classesState",
  "renewedClasses",
];

/** What an event gave another meaning, if it did. */
const renewalOf = (
  { renewed: inputs, renewedIndices: indices }: SchemaState,
  outputs: readonly number[],
): Renewal | undefined =>
  inputs.length + indices.length + outputs.length > 0 ? { inputs, indices, outputs } : undefined;

/** Targets as class indices. */
const labelled = <Event>(
  { target, classes, classesState, renewedClasses }: EncodeClassesOptions<Event>,
  tell: (renewed: readonly number[]) => void,
): ((event: Event) => number) => {
  let state = classesState ?? classes.init();
  return (event) => {
    const label = target(event);
    state = classes.step(state, label);
    tell(state.renewed);
    if (state.renewed.length > 0) renewedClasses?.(state.renewed);
    const index = classes.indexOf(state, label);
    if (index < 0)
      throw invalid(
        actor,
        `one of ${classes.capacity} classes`,
        `${inWords(label)}, for which there is no room`,
      );
    return index;
  };
};
