import { map } from "rxjs";
import type { Schema } from "../features/schema.ts";
import { meanOfSaid, mixture, ofValues } from "../folds/mixture.ts";
import { targetScaling } from "../folds/targetScaling.ts";
import { huber } from "../losses/huber.ts";
import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { matrix } from "../math/matrix.ts";
import { adam } from "../optimizers/adam.ts";
import { sgd } from "../optimizers/sgd.ts";
import { assignState } from "./assignState.ts";
import { committee, type Seat } from "./committee.ts";
import { type OnlineRow, onlineRows } from "./onlineRows.ts";
import { onlineSteps } from "./onlineSteps.ts";
import type {
  OnlineRegressor,
  OnlineRegressorOptions,
  OnlineRegressorState,
  Regressable,
  Regressed,
} from "./regressed.ts";

/** Chosen once, on other streams than it is measured by; docs/quality.md tells how. */
const seats: readonly Seat[] = [
  { name: "patient", rule: (lazy) => sgd(0.01, lazy) },
  { name: "linear", rule: (lazy) => sgd(0.1, lazy) },
  { name: "recent", recent: true, rule: (lazy) => sgd(0.1, lazy) },
  { name: "steady", hidden: 32, rule: (lazy) => adam(0.003, lazy) },
  { name: "quick", hidden: 32, rule: (lazy) => adam(0.01, lazy) },
];

const actor = "onlineRegressor()";
/** What the mean says, where values are scaled. */
const zero = [0];

/**
 * A regressor that needs no tuning: five nets, the mean and the last value side by side, which a mixture weighs by how they do. Inputs
 * and targets are standardized on the way, answers are in the units of the target, and whatever it keeps is bounded. Errors count
 * as {@link huber} counts them, so that outliers pull on it no more than a deviation does.
 * @throws InvalidInputError on options that are none.
 * @example
 * const delay = onlineRegressor(features<Flight>()({ distance: numeric(), origin: category({ capacity: 50 }) }));
 * delay.learnOne(flight, 12);
 * delay.predictOne(another).value;
 */
export const onlineRegressor = <Event extends object>(
  schema: Schema<Event>,
  options: OnlineRegressorOptions = {},
): OnlineRegressor<Event> => {
  knownOptions(actor, options, ["seed"]);
  const { seed = 0 } = options;
  whole(actor, "seed", seed, 0);
  if (typeof schema?.encodeInto !== "function")
    throw invalid(actor, "a schema, such as features()({ … }) makes", inWords(schema));
  const rows = onlineRows(schema);
  const nets = committee(
    seats,
    { width: rows.width, context: 1, outputs: 1, sparse: rows.sparse },
    { loss: huber(), seed },
    actor,
  );
  const scaling = targetScaling();
  const weights = mixture(seats.length + 2, ofValues);
  const state: OnlineRegressorState = {
    rows: rows.state,
    target: scaling.init(),
    mixture: weights.init(),
    last: 0,
  };

  const scaled = (y: number): number => scaling.scale(state.target, y);
  const rowOf = (event: Event, after: number): OnlineRow => rows.row(event, [scaled(after)]);
  const speak = (z: readonly ArrayLike<number>[], after: number): Regressed => {
    const said = [...z, zero].map((one) => [scaling.unscale(state.target, one[0]!)]);
    said.push([after]);
    return { value: meanOfSaid(said, weights.read(state.mixture))[0]!, said, after };
  };
  const predictOne = (event: Event): Regressed => {
    rows.check(event);
    return speak(nets.predict(rowOf(event, state.last)), state.last);
  };
  const learnOne = (event: Event, value: number, answer?: Regressed): Regressed => {
    rows.check(event);
    finite(actor, "value", value);
    const after = answer?.after ?? state.last;
    let row = rowOf(event, after);
    const renewed = rows.admit(event);
    let given = answer;
    if (renewed.length > 0) {
      given ??= speak(nets.predict(row), after);
      nets.forget(renewed);
      row = rowOf(event, after);
    }
    const before = { ...state.target };
    scaling.learn(state.target, value);
    const outputs = nets.learn(row, matrix([[scaled(value)]]));
    Object.assign(state.target, before);
    given ??= speak(outputs, after);
    state.mixture = weights.step(state.mixture, {
      said: given.said.map((one) => [scaled(one[0]!)]),
      truth: scaled(value),
    });
    scaling.learn(state.target, value);
    state.last = value;
    rows.learn(event);
    return given;
  };
  const scored = ({ event, value, answer }: Regressable<Event>) => {
    const given = learnOne(event, value, answer);
    return { answer: given, prediction: matrix([[given.value]]), target: matrix([[value]]) };
  };
  return {
    predictOne,
    learnOne,
    predict: () => map(predictOne),
    learn: (options) => onlineSteps(`${actor} in learn`, scored, options),
    get state() {
      return state;
    },
    set state(saved: OnlineRegressorState) {
      assignState(state, saved);
    },
    models: nets.models,
    close: nets.close,
  };
};
