import { classes, type Label } from "../features/classes.ts";
import type { Model } from "../graph/model.ts";
import type { Stateful } from "../graph/savedModels.ts";
import type { Classified } from "../streams/classified.ts";
import { onlineClassifier } from "../streams/onlineClassifier.ts";
import { onlineRegressor } from "../streams/onlineRegressor.ts";
import type { Regressed } from "../streams/regressed.ts";
import type { Recipe } from "./recipe.ts";
import { type Event, schemaOf } from "./schemaOf.ts";

/** What was said of an event, and by which learners, for labels that come late. */
export type Answer = Classified | Regressed;

/** A classifier or a regressor. */
export interface Learner {
  predict(event: Event): Answer;
  learn(event: Event, truth: Label, answer?: Answer): Answer;
  readonly models: Readonly<Record<string, Model>>;
  /** What it keeps besides its models. */
  readonly part: Stateful;
  /** The labels that it knows, by index. */
  labels(): readonly Label[];
  close(): void;
}

/** The learner that a recipe describes, before it has learned anything. */
export const learnerOf = (recipe: Recipe): Learner => {
  const { task, seed } = recipe;
  const schema = schemaOf(recipe);
  if (task === "regression") {
    const own = onlineRegressor(schema, { seed });
    return {
      predict: own.predictOne,
      learn: (event, truth, answer) => own.learnOne(event, truth as number, answer as Regressed | undefined),
      models: own.models,
      part: own,
      labels: () => [],
      close: own.close,
    };
  }
  const own = onlineClassifier(schema, { seed, classes: classes({ capacity: recipe.classes }) });
  return {
    predict: own.predictOne,
    learn: (event, truth, answer) => own.learnOne(event, truth, answer as Classified | undefined),
    models: own.models,
    part: own,
    labels: () => own.state.classes.vocabulary.keys,
    close: own.close,
  };
};

/** What is said of an event as plain JSON. */
export const saidOf = (answer: Answer): Readonly<Record<string, unknown>> => {
  if ("value" in answer) return { prediction: answer.value };
  const { label, probabilities } = answer;
  return {
    prediction: label ?? null,
    probability: label === undefined ? null : probabilities.get(label),
    probabilities: Object.fromEntries(Array.from(probabilities, ([one, p]) => [String(one), p])),
  };
};
