import { fromEvent, mergeMap, type Observable, takeUntil } from "rxjs";
import { invalid, inWords } from "../math/invalid.ts";
import { type BackpressureOptions, backpressure } from "../streams/backpressure.ts";

/** What has listeners: an EventEmitter of Node, or an EventTarget. */
export type Emitter =
  | { readonly addListener: object; readonly removeListener: object }
  | { readonly addEventListener: object; readonly removeEventListener: object };

export interface FromEmitterOptions<Item> extends BackpressureOptions<Item> {
  /** The event that ends the stream, and the one whose argument is its error. */
  readonly end?: string;
  readonly error?: string;
}

/**
 * The events of an emitter, at most `capacity` of which wait while earlier ones are worked on; what becomes of one more, `overflow` says.
 * Nothing is delivered again: each comes once at most.
 * @throws InvalidInputError on options that are none, and for what has no listeners.
 * @example fromEmitter<Reading>(sensor, "reading", { capacity: 1000, overflow: "dropOldest" })
 */
export const fromEmitter = <Item>(
  emitter: Emitter,
  event: string,
  options: FromEmitterOptions<Item>,
): Observable<Item> => {
  if (typeof event !== "string") throw invalid("fromEmitter()", "the name of an event", inWords(event));
  const able = typeof emitter === "object" && emitter !== null && ("addListener" in emitter || "addEventListener" in emitter); // biome-ignore format: a line
  if (!able) throw invalid("fromEmitter()", "an EventEmitter or an EventTarget", inWords(emitter));
  const happening = (name: string) => fromEvent(emitter as EventTarget, name) as Observable<unknown>;
  const { end, error, ...bounds } = options;
  const bounded = backpressure<Item>(bounds);
  let items$ = happening(event) as Observable<Item>;
  if (end !== undefined) items$ = items$.pipe(takeUntil(happening(end)));
  if (error !== undefined) {
    const failing$ = happening(error).pipe(
      mergeMap((reason) => {
        throw reason;
      }),
    );
    items$ = items$.pipe(takeUntil(failing$)); // an error of what one waits for is one of the stream
  }
  return items$.pipe(bounded);
};
