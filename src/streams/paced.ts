import { from, type Observable, type ObservableInput } from "rxjs";
import { finite, knownOptions } from "../math/invalid.ts";
import { eventLoop } from "./eventLoop.ts";
import { pulling } from "./pulling.ts";
import { slices } from "./slices.ts";
import { type YieldOptions, yieldEvery } from "./yieldEvery.ts";

/**
 * The items of a source, with a turn for timers and I/O after every `ms` milliseconds of work. Iterables and async
 * iterables are pulled from item by item, so nothing waits in between and endless ones will do; what pushes goes through
 * `yieldEvery`. Cold, if the source can be iterated more than once.
 * @example paced(batches).pipe(train(net, { loss, optimizer }))
 */
export const paced = <Item>(
  source: ObservableInput<Item>,
  ms = 4,
  options: YieldOptions = {},
): Observable<Item> => {
  finite("paced()", "ms", ms, { min: 0 });
  knownOptions("paced()", options, ["maxPending", "scheduler"]);
  return isIterable(source)
    ? pulling(source, () => slices(ms, options.scheduler ?? eventLoop))
    : from(source).pipe(yieldEvery(ms, options));
};

const isIterable = <Item>(source: ObservableInput<Item>): source is Iterable<Item> | AsyncIterable<Item> =>
  Symbol.iterator in source || Symbol.asyncIterator in source;
