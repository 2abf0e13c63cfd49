import { setMaxListeners } from "node:events";
import { defer, finalize, map, mergeMap, type OperatorFunction } from "rxjs";
import { invalid, whole } from "../math/invalid.ts";

/** How many values may be under way. */
export interface SendingOptions {
  /** How many are sent before the first of them is acknowledged; 64. With 1 they arrive in order whatever happens. */
  readonly inFlight?: number;
  /** How many more may wait for that, when the source cannot be paced; 10,000. One more is an error. */
  readonly capacity?: number;
}

/** What sends for one subscription. */
export interface Sender<Value, Out> {
  /** Answers when the value has arrived; the signal says that nobody wants to know any more. */
  readonly send: (value: Value, signal: AbortSignal) => Promise<Out>;
  readonly leave?: () => void;
}

/**
 * Sends each value, with bounds; what it emits says that one has arrived. It completes when all have. `start` is called for each
 * subscription.
 * @throws InvalidInputError as an error of the stream, when more wait than may.
 */
export const sending = <Value, Out>(
  actor: string,
  { inFlight = 64, capacity = 10_000 }: SendingOptions,
  start: () => Sender<Value, Out>,
): OperatorFunction<Value, Out> => {
  whole(actor, "inFlight", inFlight);
  whole(actor, "capacity", capacity, 0);
  return (values$) =>
    defer(() => {
      const leaving = new AbortController();
      setMaxListeners(0, leaving.signal); // one for each value under way
      const { send, leave } = start();
      let open = 0;
      const admit = (value: Value): Value => {
        if (++open > inFlight + capacity)
          throw invalid(
            actor,
            `at most ${capacity} values that wait`,
            "one more: a slower source, or more room",
          );
        return value;
      };
      return values$.pipe(
        map(admit),
        mergeMap(async (value) => {
          const sent = await send(value, leaving.signal);
          open--;
          return sent;
        }, inFlight),
        finalize(() => {
          leaving.abort();
          leave?.();
        }),
      );
    });
};
