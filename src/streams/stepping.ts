import { Observable, Subject, takeUntil } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import type { Model } from "../graph/model.ts";
import { invalid, isInvalidInput } from "../math/invalid.ts";

/** Something that makes a step of each batch, from subscription to teardown. */
export interface Engine<S> {
  next(batch: Batch): S;
  close(): void;
}

/**
 * Drives an engine with a stream of batches, one at a time: a batch that comes while another is handled waits. Bad data
 * ends the stream with an error, or with "skip" is reported on `model.rejected$` and dropped; other errors always end it.
 */
export const stepping = <S>(
  batches$: Observable<Batch>,
  model: Model,
  onInvalid: "error" | "skip" = "error",
  actor: string,
  start: () => Engine<S>,
): Observable<S> => {
  if (onInvalid !== "error" && onInvalid !== "skip")
    throw invalid(actor, '"error" or "skip" as onInvalid', String(onInvalid));
  return new Observable<S>((subscriber) => {
    const gone$ = new Subject<void>(); // also stops a source that emits while it is being subscribed to
    const engine = start();
    subscriber.add(() => {
      gone$.next();
      engine.close();
    });
    const learn = (batch: Batch): void => {
      if (subscriber.closed) return;
      let step: S;
      try {
        step = engine.next(batch);
      } catch (error) {
        if (onInvalid === "skip" && isInvalidInput(error)) model.reject({ batch, error });
        else subscriber.error(error);
        return;
      }
      subscriber.next(step);
    };
    subscriber.add(
      batches$.pipe(takeUntil(gone$)).subscribe({
        next: (batch) => model.turn(() => learn(batch)),
        error: (error) => model.turn(() => subscriber.error(error)),
        complete: () => model.turn(() => subscriber.complete()),
      }),
    );
  });
};
