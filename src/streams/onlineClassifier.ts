import { map } from "rxjs";
import { classes as classesOf, type Label } from "../features/classes.ts";
import type { Schema } from "../features/schema.ts";
import { largest } from "../folds/combined.ts";
import { habit } from "../folds/habit.ts";
import { meanOfSaid, mixture, ofClasses } from "../folds/mixture.ts";
import { seenCrossentropy, seenSoftmax } from "../losses/seenCrossentropy.ts";
import { invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { matrix } from "../math/matrix.ts";
import { adam } from "../optimizers/adam.ts";
import { sgd } from "../optimizers/sgd.ts";
import { assignState } from "./assignState.ts";
import type {
  Classifiable,
  Classified,
  OnlineClassifier,
  OnlineClassifierOptions,
  OnlineClassifierState,
} from "./classified.ts";
import { committee, type Seat } from "./committee.ts";
import { type OnlineRow, onlineRows } from "./onlineRows.ts";
import { onlineSteps } from "./onlineSteps.ts";

/** Chosen once, on other streams than it is measured by; docs/quality.md tells how. */
const seats: readonly Seat[] = [
  { name: "linear", rule: (lazy) => sgd(0.1, lazy) },
  { name: "steady", hidden: 32, rule: (lazy) => adam(0.01, lazy) },
  { name: "recent", hidden: 32, recent: true, rule: (lazy) => adam(0.01, lazy) },
  { name: "quick", hidden: 32, rule: (lazy) => sgd(0.3, lazy) },
];

const actor = "onlineClassifier()";

/**
 * A classifier that needs no tuning: four nets, the frequencies of the labels and what usually follows what side by side, which a mixture weighs by how they do.
 * Inputs are standardized on the way, labels may appear in mid-stream, and whatever it keeps is bounded.
 * @throws InvalidInputError on options that are none.
 * @example
 * const spam = onlineClassifier(features<Mail>()({ text: hashedWords(2 ** 14) }));
 * spam.learnOne(mail, "spam");
 * spam.predictOne(another).probabilities.get("spam");
 */
export const onlineClassifier = <Event extends object>(
  schema: Schema<Event>,
  options: OnlineClassifierOptions = {},
): OnlineClassifier<Event> => {
  knownOptions(actor, options, ["classes", "seed"]);
  const { classes = classesOf({ capacity: 10 }), seed = 0 } = options;
  whole(actor, "seed", seed, 0);
  if (typeof schema?.encodeInto !== "function")
    throw invalid(actor, "a schema, such as features()({ … }) makes", inWords(schema));
  const k = whole(actor, "classes.capacity", classes?.capacity);
  const rows = onlineRows(schema);
  const nets = committee(
    seats,
    { width: rows.width, context: k, outputs: k, sparse: rows.sparse },
    { loss: seenCrossentropy(), seed },
    actor,
  );
  const chain = habit(k);
  const weights = mixture(seats.length + 2, ofClasses);
  const state: OnlineClassifierState = {
    rows: rows.state,
    classes: classes.init(),
    habit: chain.init(),
    mixture: weights.init(),
    last: -1,
  };
  const indices = [...new Array(k).keys()];
  const oneHots = [-1, ...indices].map((i) => indices.map((j) => Number(j === i)));
  const rowOf = (event: Event, after: number): OnlineRow => rows.row(event, oneHots[after + 1]!);
  const known = (): number => state.classes.vocabulary.keys.length;
  const speak = (logits: readonly ArrayLike<number>[], after: number, seen: number): Classified => {
    const habits = [-1, after].map((before) => chain.read(state.habit, before, seen));
    const said = [...logits.map((z) => seenSoftmax(z, seen)), ...habits];
    const F = meanOfSaid(said, weights.read(state.mixture));
    const probabilities = new Map<Label, number>();
    for (let j = 0; j < seen; j++) probabilities.set(classes.labelOf(state.classes, j)!, F[j]!);
    const label = seen === 0 ? undefined : classes.labelOf(state.classes, largest(F));
    return { label, probabilities, said, after };
  };
  const predictOne = (event: Event): Classified => {
    rows.check(event);
    return speak(nets.predict(rowOf(event, state.last)), state.last, known());
  };
  /** The class of a label, which has a place from now on. */
  const claim = (label: Label): number => {
    const before = known();
    const fresh = classes.indexOf(state.classes, label) < 0;
    state.classes = classes.step(state.classes, label);
    const y = classes.indexOf(state.classes, label);
    if (y < 0) throw invalid(actor, `one of ${k} classes`, `${inWords(label)}, for which there is no room`);
    if (fresh && y < before) {
      nets.forgetOutput(y);
      nets.forget([rows.width + y]);
      chain.forget(state.habit, y);
      if (state.last === y) state.last = -1;
    }
    return y;
  };
  const learnOne = (event: Event, label: Label, answer?: Classified): Classified => {
    rows.check(event);
    const asked = answer ?? (classes.indexOf(state.classes, label) < 0 ? predictOne(event) : undefined);
    const y = claim(label);
    const after = answer?.after ?? state.last;
    let row = rowOf(event, after);
    const renewed = rows.admit(event);
    const early = asked ?? (renewed.length > 0 ? speak(nets.predict(row), after, known()) : undefined);
    if (renewed.length > 0) {
      nets.forget(renewed);
      row = rowOf(event, after);
    }
    const seen = known();
    const target = new Float64Array(k).fill(-1, seen);
    target[y] = 1;
    const logits = nets.learn(row, { rows: 1, cols: k, data: target });
    const given = early ?? speak(logits, after, seen);
    if (given.said.at(-1)![y]! > 0)
      state.mixture = weights.step(state.mixture, { said: given.said, truth: y });
    state.habit = chain.step(state.habit, given.after, y);
    state.last = y;
    rows.learn(event);
    return given;
  };
  const scored = ({ event, label, answer }: Classifiable<Event>) => {
    const given = learnOne(event, label, answer);
    const F = new Float64Array(k);
    for (const [one, p] of given.probabilities) F[Math.max(0, classes.indexOf(state.classes, one))] = p;
    const prediction = k === 2 ? { rows: 1, cols: 1, data: F.subarray(1) } : { rows: 1, cols: k, data: F };
    return { answer: given, prediction, target: matrix([[state.last]]) };
  };
  return {
    predictOne,
    learnOne,
    predict: () => map(predictOne),
    learn: (options) => onlineSteps(`${actor} in learn`, scored, options),
    get state() {
      return state;
    },
    set state(saved: OnlineClassifierState) {
      assignState(state, saved);
    },
    models: nets.models,
    close: nets.close,
  };
};
