import type { Label } from "../features/classes.ts";
import { type LabelJoinState, labelJoin } from "../folds/labelJoin.ts";
import { failure } from "./failure.ts";
import { type Answer, saidOf } from "./learnerOf.ts";
import type { OpenModel } from "./openModel.ts";
import { type Cells, fieldsOf, readAsked, readTruth } from "./readEvent.ts";
import { cellsOf, keyOf, type Reply, refused } from "./reply.ts";
import type { Event } from "./schemaOf.ts";
import { type Scores, scoreboard } from "./scoreboard.ts";

/** What was predicted, and waits for its label. */
interface Asked {
  readonly event: Event;
  readonly answer: Answer;
}

/** Predictions that wait for their labels, as plain data; live. */
export interface Waiting {
  state: LabelJoinState<Asked, Label>;
}

export interface ServiceOptions {
  /** The column that names an event; without it, each prediction gets a name of its own. */
  readonly key?: string;
  /** How long a prediction waits for its label, in milliseconds, and how many may wait. */
  readonly ttl: number;
  readonly maxWaiting: number;
  readonly now: () => number;
  readonly newId: () => string;
}

/** A model that answers events, and learns when their labels come. */
export interface Service {
  /** What is predicted: the name of the target's column. */
  readonly name: string;
  predict(body: unknown): Reply;
  label(body: unknown): Reply;
  learn(body: unknown): Reply;
  /** What became of all so far. */
  counts(): Readonly<
    Record<"predictions" | "learned" | "waiting" | "joined" | "duplicate" | "late" | "expired", number>
  >;
  scores(): Scores;
  readonly waiting: Waiting;
}

/** The join of a service, with its bounds. */
const joinOf = ({ ttl, maxWaiting }: Pick<ServiceOptions, "ttl" | "maxWaiting">) =>
  labelJoin<Asked, Label>({ ttl, maxPending: maxWaiting, maxEarly: 0, maxSettled: maxWaiting });

/** Before anything was predicted. */
export const nothingWaits = (): Waiting => ({ state: joinOf({ ttl: 1, maxWaiting: 1 }).init() });

/** Serves one model; `waiting` is what it goes on from. */
export const service = (model: OpenModel, options: ServiceOptions, waiting: Waiting): Service => {
  const { recipe, learner, learned } = model;
  const { key, now, newId } = options;
  const join = joinOf(options);
  const board = scoreboard(recipe);
  let predictions = 0;
  const labelled = `label: expects { "${key === undefined ? "id" : "key"}": …, "label": … }`;

  const truthIn = (cells: Cells, name: string, expected: string): Label => {
    const target = { ...recipe.target, name };
    const truth = readTruth("event", { ...recipe, target }, cells);
    if (truth === undefined)
      throw failure(`${expected}, got ${Object.hasOwn(cells, name) ? "an empty one" : fieldsOf(cells)}`);
    const labels = learner.labels();
    if (recipe.task === "classification" && !labels.includes(truth) && labels.length >= recipe.classes)
      throw failure(
        `event: expects one of ${labels.join(", ")} as ${name}, got ${JSON.stringify(truth)}, for which there is no room`,
      );
    return truth;
  };
  const teach = (event: Event, truth: Label, answer?: Answer): Answer => {
    const said = learner.learn(event, truth, answer);
    learned.rows++;
    board.score(said, truth);
    return said;
  };
  const expire = (): void => {
    for (let gone = join.expire(waiting.state, now()); gone; ) gone = join.expire(waiting.state, now());
  };

  return {
    name: recipe.target.name,
    waiting,
    predict: (body) =>
      refused(() => {
        const cells = cellsOf(body);
        const event = readAsked("event", recipe, cells);
        const missing = recipe.columns.filter(({ name }) => !Object.hasOwn(cells, name));
        const id = key === undefined ? newId() : keyOf(cells, key);
        const answer = learner.predict(event);
        predictions++;
        expire();
        const { repeated } = waiting.state.counts;
        join.item(waiting.state, id, { event, answer }, now());
        const again = waiting.state.counts.repeated > repeated;
        const notes = {
          ...(missing.length > 0 ? { missing: missing.map(({ name }) => name) } : {}),
          ...(again ? { repeated: true } : {}),
        };
        return { status: 200, body: { id, ...saidOf(answer), ...notes } };
      }),
    label: (body) =>
      refused(() => {
        const cells = cellsOf(body, labelled);
        const named = ["key", "id"].find((name) => Object.hasOwn(cells, name));
        if (named === undefined) throw failure(`${labelled}, got ${fieldsOf(cells)}`);
        const id = keyOf(cells, named);
        const truth = truthIn(cells, "label", labelled);
        expire();
        const { duplicate, late } = waiting.state.counts;
        const found = join.label(waiting.state, id, truth, now());
        if (found) {
          const { event, answer } = found.item;
          teach(event, truth, answer);
          return { status: 200, body: { id, learned: learned.rows } };
        }
        const { counts } = waiting.state;
        const refuse = (status: number, error: string): Reply => ({ status, body: { id, error } });
        if (counts.duplicate > duplicate) return refuse(409, "this prediction has its label already");
        if (counts.late > late) return refuse(410, "this prediction has waited too long for its label");
        return refuse(404, "no prediction with this id waits for a label");
      }),
    learn: (body) =>
      refused(() => {
        const cells = cellsOf(body);
        const event = readAsked("event", recipe, cells);
        const { name } = recipe.target;
        const truth = truthIn(cells, name, `event: expects its label as ${JSON.stringify(name)}`);
        const answer = teach(event, truth);
        return { status: 200, body: { ...saidOf(answer), learned: learned.rows } };
      }),
    counts: () => {
      expire();
      const { pending, joined, duplicate, late, expired } = join.read(waiting.state);
      return { predictions, learned: learned.rows, waiting: pending, joined, duplicate, late, expired };
    },
    scores: board.read,
  };
};
