import type { Label } from "../features/classes.ts";
import { accuracy } from "../folds/accuracy.ts";
import { balancedAccuracy } from "../folds/balancedAccuracy.ts";
import { cohenKappa } from "../folds/cohenKappa.ts";
import { logLoss } from "../folds/logLoss.ts";
import { mae } from "../folds/mae.ts";
import { r2 } from "../folds/r2.ts";
import { rmse } from "../folds/rmse.ts";
import type { Scored } from "../folds/scored.ts";
import { withBaselines } from "../folds/withBaselines.ts";
import type { Fold } from "../math/fold.ts";
import { matrix } from "../math/matrix.ts";
import type { Answer } from "./learnerOf.ts";
import type { Recipe } from "./recipe.ts";
import { tableOf } from "./tableOf.ts";

/** A metric of the model, of who says what was so until then, and of who says what came last. */
export interface Score {
  readonly model: number;
  /** The most frequent class, or the mean, until then. */
  readonly usual: number;
  readonly last: number;
}

export interface Scores {
  readonly rows: number;
  readonly metrics: Readonly<Record<string, Score>>;
}

/** How answers compare with what came true. */
export interface Scoreboard {
  /** Takes an answer that was given before its truth was known. */
  score(answer: Answer, truth: Label): void;
  read(): Scores;
}

/** Metrics that are of the classes which a model knows, and not of rows with others. */
const ofKnown = { learning: ["log loss"], fixed: ["log loss", "balanced accuracy"] } as const;

/**
 * The metrics of a task, each beside that of baselines that know nothing. A model that learns gets to know each class; one that is
 * `fixed` does not, so that a class which it does not know is none over which recalls are averaged.
 */
export const scoreboard = (
  { task, classes }: Recipe,
  { model = "learning" }: { readonly model?: keyof typeof ofKnown } = {},
): Scoreboard => {
  const skipped: readonly string[] = ofKnown[model];
  const folds: Readonly<Record<string, Fold<Scored, Readonly<Record<string, number>>>>> =
    task === "classification"
      ? {
          accuracy: withBaselines(accuracy(), { beside: "prior" }),
          "balanced accuracy": withBaselines(balancedAccuracy(), { beside: "prior" }),
          kappa: withBaselines(cohenKappa(), { beside: "prior" }),
          "log loss": withBaselines(logLoss(), { beside: "prior" }),
        }
      : {
          "mean absolute error": withBaselines(mae(), { beside: "mean" }),
          "root mean squared error": withBaselines(rmse(), { beside: "mean" }),
          R2: withBaselines(r2(), { beside: "mean" }),
        };
  const states = new Map(Object.entries(folds).map(([name, fold]) => [name, fold.init()]));
  const indices = new Map<Label, number>();
  const indexOf = (label: Label): number => {
    if (!indices.has(label) && indices.size < classes) indices.set(label, indices.size);
    return indices.get(label) ?? classes; // a column more, for labels that nobody has room for
  };
  const scoredOf = (answer: Answer, truth: Label): Scored => {
    if ("value" in answer)
      return { prediction: matrix([[answer.value]]), target: matrix([[truth as number]]) };
    const data = new Float64Array(classes + 1);
    for (const [label, p] of answer.probabilities) data[indexOf(label)]! += p;
    return { prediction: { rows: 1, cols: classes + 1, data }, target: matrix([[indexOf(truth)]]) };
  };
  let rows = 0;
  return {
    score: (answer, truth) => {
      rows++;
      const scored = scoredOf(answer, truth);
      // nobody can give a probability to a class that the model never saw
      const fresh = "probabilities" in answer && !answer.probabilities.has(truth);
      for (const [name, fold] of Object.entries(folds))
        if (!fresh || !skipped.includes(name)) states.set(name, fold.step(states.get(name), scored));
    },
    read: () => ({
      rows,
      metrics: Object.fromEntries(
        Object.entries(folds).map(([name, fold]) => {
          const { model = 0, noChange = 0, prior, mean = 0 } = fold.read(states.get(name));
          return [name, { model, usual: prior ?? mean, last: name === "log loss" ? Number.NaN : noChange }];
        }),
      ),
    }),
  };
};

/** Scores as a person reads them. */
export const scoresInLines = ({ task }: Recipe, { metrics }: Scores): string => {
  const usual = task === "classification" ? "most frequent" : "mean so far";
  const rows = Object.entries(metrics).map(([name, { model, usual, last }]) => [
    name,
    ...[model, usual, last].map(short),
  ]);
  return tableOf([["", "model", usual, "same as last"], ...rows], [false, true, true, true]);
};

const short = (value: number): string => {
  if (Number.isNaN(value)) return "–";
  return Math.abs(value) < 1000 ? Number(value).toFixed(Math.abs(value) < 10 ? 3 : 1) : value.toPrecision(5);
};
