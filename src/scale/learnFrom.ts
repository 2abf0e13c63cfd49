import { Observable } from "rxjs";
import { invalid, inWords } from "../math/invalid.ts";
import { type LearnFromOptions, settingsOf } from "./learnFromOptions.ts";
import type { PartitionedInput } from "./partitionedInput.ts";
import type { RoundReport } from "./report.ts";
import { work } from "./worker.ts";

const actor = "learnFrom()";

/**
 * Learns from a partitioned input together with other workers, each of which calls this in a process of its own: local SGD over an update
 * log (McMahan et al., 2017; Stich, 2018; Douillard et al., 2023). Each worker trains its replica on its partitions for `every` steps, then
 * commits its change together with its positions in one message; all fold the log in the same order, and so come to the same weights.
 * Events are acknowledged once their round is closed. Emits the closed rounds; completes when all partitions have ended. Unsubscribing
 * leaves, and others go on with its partitions.
 * @throws InvalidInputError for options that make no sense. @throws Error (of the stream) for a log that others have begun with another
 * plan or other options, for a name that somebody else has, and for what the input and the log throw.
 * @example
 * learnFrom(input, { log, worker: "a", model: net, loss, optimizer: adam(1e-3), samples: ({ x, y }) => ({ x, y }) }).subscribe(…)
 */
export const learnFrom = <Value>(
  input: PartitionedInput<Value>,
  options: LearnFromOptions<Value>,
): Observable<RoundReport> => {
  if (typeof input?.open !== "function" || !(input.partitions?.length > 0))
    throw invalid(actor, "an input with partitions", inWords(input));
  const settings = settingsOf(actor, options);
  return new Observable<RoundReport>((out) => {
    const leaving = new AbortController();
    const signals = [leaving.signal, ...(settings.signal ? [settings.signal] : [])];
    work(actor, input, settings, out, AbortSignal.any(signals)).then(
      () => out.complete(),
      (error) => out.error(error),
    );
    return () => leaving.abort();
  });
};
