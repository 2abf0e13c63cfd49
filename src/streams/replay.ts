import { Observable, type OperatorFunction, Subject, share } from "rxjs";
import type { Memory } from "../folds/memory.ts";
import type { PrioritizedMemory } from "../folds/prioritized.ts";
import type { Batch } from "../graph/batch.ts";
import type { Loss } from "../losses/loss.ts";
import { finite, invalid, inWords, knownOptions } from "../math/invalid.ts";
import { receive } from "./receive.ts";
import {
  type AnyMemory,
  type RehearsalOptions,
  type Rehearsed,
  type ReplayState,
  rehearsal,
} from "./rehearsal.ts";

export interface ReplayOptions<State> extends RehearsalOptions {
  /** Where the state of the memory is, if not inside the subscription: so that it can be saved, and gone on from. */
  readonly live?: ReplayState<State>;
}

/** A memory that does not go by losses. */
export type PlainMemory<State = unknown> = Memory<State> & { readonly feedback?: undefined };

const actor = "replay()";

/**
 * Learns from rows of the past with those that come: `learn`, a train({ predictions: true }), prequential or pool, gets each
 * batch with rows drawn from the memory below its own. Then the memory is told the losses of the drawn rows, if it goes
 * by them, and only then offered the new ones: a batch that was refused is not remembered. Steps leave with the prediction,
 * target, weight and size of the new rows alone, and prequential scores these alone; `loss` is that of all rows learned.
 *
 * One run is shared by all who subscribe. The memory begins anew with each run, unless its state is in `live`.
 * @throws InvalidInputError for what is no memory, and for a memory that goes by losses when there is no `loss`.
 * @example batches$.pipe(replay(reservoir(500), prequential(net, { loss, optimizer })))
 */
export function replay<S extends Rehearsed, State>(
  memory: PlainMemory<State>,
  learn: OperatorFunction<Batch, S>,
  options?: ReplayOptions<State>,
): OperatorFunction<Batch, S>;
export function replay<S extends Rehearsed, State>(
  memory: PrioritizedMemory<State>,
  learn: OperatorFunction<Batch, S>,
  options: ReplayOptions<State> & { readonly loss: Loss },
): OperatorFunction<Batch, S>;
export function replay<S extends Rehearsed, State>(
  memory: AnyMemory<State>,
  learn: OperatorFunction<Batch, S>,
  options: ReplayOptions<State> = {},
): OperatorFunction<Batch, S> {
  if (typeof memory?.offer !== "function")
    throw invalid(actor, "a memory, such as reservoir(500)", inWords(memory));
  if (typeof learn !== "function")
    throw invalid(actor, "an operator that learns, such as train()", inWords(learn));
  knownOptions(actor, options, ["mix", "logits", "loss", "live"]);
  if (options.mix !== undefined) finite(actor, "mix", options.mix, { min: 0 });
  if (memory.feedback && typeof options.loss !== "function")
    throw invalid(actor, `a loss to tell ${memory.source}`, inWords(options.loss));
  return (source) =>
    new Observable<S>((out) => {
      const { mixed, settled } = rehearsal(actor, memory, options, options.live ?? { state: memory.init() });
      const mixed$ = new Subject<Batch>();
      /** Sends on what comes of an item; a throw becomes an error of the stream. */
      const through =
        <A, B>(f: (item: A) => B, next: (made: B) => void) =>
        (item: A): void => {
          let made: B;
          try {
            made = f(item);
          } catch (error) {
            out.error(error);
            return;
          }
          next(made);
        };
      receive(mixed$.pipe(learn), out, {
        next: through(settled<S>, (step) => out.next(step)),
        error: (error) => out.error(error),
        complete: () => out.complete(),
      });
      receive(source, out, {
        next: through(mixed, (batch) => mixed$.next(batch)),
        error: (error) => mixed$.error(error),
        complete: () => mixed$.complete(),
      });
    }).pipe(share());
}
