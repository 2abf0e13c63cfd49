import type { AnyFold } from "../folds/anyFold.ts";
import type { Combined } from "../folds/combined.ts";
import { exponentialWeights } from "../folds/exponentialWeights.ts";
import type { Batch } from "../graph/batch.ts";
import { checkBatch } from "../graph/checkBatch.ts";
import { forgetRenewed } from "../graph/forget.ts";
import { type Guarded, isRefusal, type Refusal } from "../graph/guarding.ts";
import { trainer } from "../graph/trainer.ts";
import type { Loss } from "../losses/loss.ts";
import type { Fold } from "../math/fold.ts";
import { type InvalidInputError, invalid, isInvalidInput } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { sharesOf, weightedMean } from "../math/weightedMean.ts";
import { type Candidate, checkCandidates } from "./candidate.ts";
import { combining } from "./combining.ts";
import type { PoolLearned } from "./poolLearned.ts";
import { recordOf } from "./recordOf.ts";
import { scoredRows } from "./scoredRows.ts";

export interface PoolOptions {
  /** What the predictions of all are scored by, and that of the pool. */
  readonly loss: Loss;
  /** How learners become one, given how many: `exponentialWeights`, unless it is `champion` or a fold of your own. */
  readonly combine?: (count: number) => AnyFold<readonly number[], Combined>;
}

/** Learners that predict together, and each learn from every batch. */
export interface PoolEngine<Name extends string> {
  learn(batch: Batch): PoolLearned<Name>;
  predict(x: Matrix): Matrix;
  combined(): Combined;
  /** The state of the combination: plain data. */
  state(): unknown;
  close(): void;
}

/**
 * Starts new optimizers on the models of a pool, and a combination: anew, or from a state that was kept, or from the one that was
 * loaded with the first of the models.
 */
export const poolEngine = <Name extends string>(
  candidates: readonly Candidate<Name>[],
  { loss, combine = exponentialWeights }: PoolOptions,
  actor: string,
  kept?: unknown,
): PoolEngine<Name> => {
  checkCandidates(actor, candidates);
  if (typeof loss !== "function") throw invalid(actor, "a loss, such as meanSquaredError()", typeof loss);
  if (typeof combine !== "function")
    throw invalid(actor, "a function as combine, such as champion", typeof combine);
  const names = candidates.map(({ name }) => name);
  const fold = combine(candidates.length) as Fold<readonly number[], Combined>;
  const own = combining(actor, names, fold, kept);
  const members = candidates.map(({ name, model, loss: each = loss, optimizer, classWeight, guard }) => {
    const options = {
      ...{ loss: each, optimizer },
      ...(classWeight ? { classWeight } : {}),
      ...(guard ? { guard } : {}),
    };
    return { name, model, engine: trainer(model, options, `${actor} in ${name}`) };
  });
  const close = own.beginWith(members);
  const record = (values: readonly number[]) => recordOf(names, values) as Record<Name, number>;

  const check = (batch: Batch): void => {
    for (const { name, model, engine } of members) {
      if (model.busy)
        throw new Error(`${actor} expects ${name} to be done with its batch, got another meanwhile`);
      forgetRenewed(`${actor} in ${name}`, model, batch);
      engine.check(batch);
      checkBatch(actor, batch.fresh ?? batch, model, loss);
    }
  };
  return {
    learn: (batch) => {
      check(batch);
      const seen = batch.fresh ?? batch; // what replay adds is learned, and not scored
      const lossOf = (p: Matrix) => loss(scoredRows(p, seen).prediction, seen.y, seen.weight).value;
      const { weights, failed: out } = fold.read(own.state);
      const errors = new Map<number, InvalidInputError>();
      const fail = (i: number, error: InvalidInputError) => errors.set(i, error);
      const losses = members.map(() => Number.NaN);
      const predictions = members.map(({ name, model }, i) => {
        if (out.includes(i)) return undefined;
        const p = model.predict(batch.x);
        if (p.data.every(Number.isFinite)) losses[i] = lossOf(p);
        if (Number.isFinite(losses[i])) return p;
        fail(i, invalid(`${actor} in ${name}`, "a finite prediction and loss", String(losses[i])));
        return undefined;
      });
      const shares = sharesOf(predictions, weights);
      const prediction = weightedMean(predictions, shares);
      if (!prediction) throw [...errors.values()][0]!; // it is the batch that is to blame, and nobody has changed
      const value = lossOf(prediction);
      const refused: { readonly name: Name; readonly error: Refusal }[] = [];
      const guards: Partial<Record<Name, Guarded>> = {};
      let learned = 0;
      members.forEach(({ name, model, engine }, i) => {
        if (out.includes(i) || errors.has(i)) return;
        try {
          model.turn((one) => {
            const { guard } = engine.learn(one);
            if (guard) guards[name] = guard;
          }, batch);
          learned++;
        } catch (error) {
          if (!isInvalidInput(error)) throw error;
          if (isRefusal(error) && error.action !== "stopped") {
            refused.push({ name, error });
            model.reject({ batch, error, action: error.action });
          } else fail(i, error);
        }
      });
      if (learned === 0) throw refused[0]?.error ?? [...errors.values()][0]!;
      own.state = fold.step(
        own.state,
        losses.map((one, i) => (errors.has(i) ? Number.NaN : one)),
      );
      return {
        id: own.id++,
        size: batch.x.rows,
        loss: value,
        prediction,
        weights: record(shares),
        losses: record(losses),
        champion: names[fold.read(own.state).champion]!,
        failed: [...errors].map(([i, error]) => ({ name: names[i]!, error })),
        ...{ refused, guards },
      };
    },
    predict: (x) => {
      const { weights, failed } = fold.read(own.state);
      const answer = (alone: boolean) =>
        members.map(({ model }, i) => {
          if (failed.includes(i) || (alone && weights[i] === 0)) return undefined; // one champion costs one prediction
          const p = model.predict(x);
          return p.data.every(Number.isFinite) ? p : undefined;
        });
      const mean = meanOf(answer(true), weights) ?? meanOf(answer(false), weights);
      if (!mean) throw new Error(`${actor} expects a finite prediction of at least one learner, got none`);
      return mean;
    },
    combined: () => fold.read(own.state),
    state: () => structuredClone(own.state),
    close,
  };
};

const meanOf = (answers: readonly (Matrix | undefined)[], weights: readonly number[]) =>
  weightedMean(answers, sharesOf(answers, weights));
