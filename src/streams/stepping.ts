import { Observable, share } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import { isRefusal } from "../graph/guarding.ts";
import { Lane } from "../graph/lane.ts";
import type { Model } from "../graph/model.ts";
import { invalid } from "../math/invalid.ts";
import { receive } from "./receive.ts";
import { refusalOf } from "./refusalOf.ts";

/** Something that makes a step of each batch, from subscription to teardown. */
export interface Engine<S> {
  next(batch: Batch): S;
  close(): void;
}

/**
 * Drives an engine with a stream of batches, one at a time: a batch that comes while another is handled waits. Bad data
 * ends the stream with an error, or with "skip" is reported on `model.rejected$` and dropped, as is a step that a guard
 * refuses, unless its policy is to stop; other errors always end it.
 * All who subscribe share one engine; subscribing again after its end starts another.
 */
export const stepping = <S>(
  batches$: Observable<Batch>,
  model: Pick<Model, "turn" | "reject">,
  onInvalid: "error" | "skip" = "error",
  actor: string,
  start: () => Engine<S>,
): Observable<S> => {
  if (onInvalid !== "error" && onInvalid !== "skip")
    throw invalid(actor, '"error" or "skip" as onInvalid', String(onInvalid));
  const { turn } = model; // a model is an object with accessors, of which V8 looks up every member in a table
  let lane: Lane<S>; // that of the run that starts next; steps go to it directly, four calls less than through share()
  return new Observable<S>((subscriber) => {
    const out = lane;
    const engine = start();
    subscriber.add(engine.close);
    const learn = (batch: Batch): void => {
      if (subscriber.closed) return;
      let step: S;
      try {
        step = engine.next(batch);
      } catch (thrown) {
        const refusal = refusalOf(actor, batch, thrown);
        const error = refusal ?? thrown;
        if (isRefusal(error) && error.action !== "stopped")
          model.reject({ batch, error, action: error.action });
        else if (onInvalid === "skip" && refusal && !isRefusal(refusal))
          model.reject({ batch, error: refusal });
        else subscriber.error(error);
        return;
      }
      out.next(step);
    };
    const fail = (error: unknown): void => subscriber.error(error);
    const complete = (): void => subscriber.complete();
    receive(batches$, subscriber, {
      next: (batch) => turn(learn, batch),
      error: (error) => turn(fail, error),
      complete: () => turn(complete, undefined),
    });
  }).pipe(share({ connector: () => (lane = new Lane<S>()) }));
};
