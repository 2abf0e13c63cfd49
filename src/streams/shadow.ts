import type { OperatorFunction } from "rxjs";
import type { Contest } from "../folds/promotion.ts";
import type { Scored } from "../folds/scored.ts";
import type { Batch } from "../graph/batch.ts";
import type { Guarded } from "../graph/guarding.ts";
import { knownOptions } from "../math/invalid.ts";
import type { Serving } from "./serving.ts";
import { stepping } from "./stepping.ts";

/** What one batch came to for the champion, and beside it for the challenger. */
export interface ShadowStep extends Scored {
  /** Which batch of the service: 0, 1, 2, … */
  readonly id: number;
  /** Rows of the batch. */
  readonly size: number;
  /** The champion's loss of the batch, before it learned from it; its prediction is that of the step. */
  readonly loss: number;
  /** Which champion that was. */
  readonly version: number;
  readonly guard?: Guarded;
  /** The same of the challenger, unless it has failed. */
  readonly challenger?: Omit<Scored, "target" | "weight"> & { readonly loss: number };
  /** What the challenger has failed with; it has learned nothing then, and tries the next batch again. */
  readonly failed?: unknown;
  /** The metric of both; the challenger's is NaN when it has failed. */
  readonly scores: Contest;
}

export interface ShadowOptions {
  /** What to do with bad data: end with an error (the default), or drop the batch and report it on the champion's `rejected$`. */
  readonly onInvalid?: "error" | "skip";
}

/**
 * Trains the challenger of a service beside its champion: each answers the batch, is scored, and learns from it, the champion first.
 * What the challenger fails with stands in `failed` of the step, and never reaches the stream. One run is shared by all who
 * subscribe; a batch that is pushed while another is handled waits its turn.
 * @throws InvalidInputError on the stream, for data that the champion refuses, before anything changes.
 * @example batches$.pipe(shadow(service), promote(service, { margin: 0.1, patience: 50 }))
 */
export const shadow = (
  service: Serving,
  options: ShadowOptions = {},
): OperatorFunction<Batch, ShadowStep> => {
  knownOptions(actor, options, ["onInvalid"]);
  const both = {
    turn: service.turn,
    reject: (rejection) => service.champion.reject(rejection),
  } satisfies Parameters<typeof stepping>[1];
  return (batches$) =>
    stepping(batches$, both, options.onInvalid, actor, () => {
      const { learn, close } = service.start();
      return {
        close,
        next: (batch): ShadowStep => {
          const { version } = service;
          const { champion, challenger, scores, ...rest } = learn(batch);
          const { size, loss, prediction, guard } = champion;
          const { y: target, weight } = batch;
          const beside = challenger && { loss: challenger.loss, prediction: challenger.prediction };
          return {
            ...{ id: service.learned - 1, size, loss, prediction, target, version, scores, ...rest },
            ...(weight ? { weight } : {}),
            ...(guard ? { guard } : {}),
            ...(beside ? { challenger: beside } : {}),
          };
        },
      };
    });
};

const actor = "shadow()";
