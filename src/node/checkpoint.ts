import { type MonoTypeOperatorFunction, Observable, type Observer } from "rxjs";
import { type SaveOptions, save } from "../graph/save.ts";
import type { SavedModels } from "../graph/savedModels.ts";
import { blame, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { receive } from "../streams/receive.ts";
import { checkpointWriter, type Written } from "./checkpointWriter.ts";

export interface CheckpointOptions<S> extends Pick<SaveOptions, "parts"> {
  /** The folder, of this operator alone; it is made when it is not there. */
  readonly dir: string;
  /** After so many steps each time, and at the end. */
  readonly every?: number;
  /** How many files stay: the last ones. */
  readonly keep?: number;
  /** How far the source has been learned from with a step, the `count`th since subscription; plain data, which `resume` gives back. */
  readonly position?: (step: S, count: number) => unknown;
  /** Is told of each checkpoint that is on the disk: what it has learned from may then be forgotten by its source. */
  readonly written?: Pick<Observer<Written>, "next">;
  /** Is told when one could not be written; learning goes on. Without it, such errors are warnings of the process. */
  readonly errors?: Pick<Observer<Error>, "next">;
}

const actor = "checkpoint()";

/**
 * Keeps what training has come to in files, for {@link resume}: models, what is at work on them, and `parts`. The copy is taken
 * between two batches, before the step goes on; the file is written in the background, and is there as a whole or not at all. Steps
 * that come while one is written do not wait: the latest copy is written next. Stands below all whose state it keeps, in the thread
 * that learns. Completes once the last checkpoint is on the disk.
 * @throws InvalidInputError for options that make no sense. @throws Error (of the stream) for a state that is no plain data.
 * @example
 * batches$.pipe(train(net, options), checkpoint(net, { dir: "checkpoints", every: 1000, position: (_, n) => from + n }))
 */
export const checkpoint = <S>(
  models: SavedModels,
  options: CheckpointOptions<S>,
): MonoTypeOperatorFunction<S> => {
  knownOptions(actor, options, ["dir", "every", "keep", "parts", "position", "written", "errors"]);
  const { dir, every = 1000, keep = 3, parts = {}, position = () => undefined, written, errors } = options;
  if (typeof dir !== "string" || dir === "")
    throw invalid(actor, "the path of a folder as dir", inWords(dir));
  whole(actor, "every", every);
  whole(actor, "keep", keep);
  if (typeof position !== "function") throw invalid(actor, "a function as position", inWords(position));
  return (source) =>
    new Observable<S>((out) => {
      const warn = (error: Error): void => process.emitWarning(error);
      /** Tells an observer of yours, whose own faults must not keep files from being written. */
      const telling =
        <T>(name: string, next: (told: T) => void) =>
        (told: T): void => {
          try {
            next(told);
          } catch (error) {
            warn(blame(`${actor} in ${name}`, error));
          }
        };
      const writer = checkpointWriter({
        dir,
        keep,
        written: telling("written", (checkpoint) => written?.next(checkpoint)),
        failed: telling("errors", (error) => (errors ? errors.next(error) : warn(error))),
      });
      let count = 0;
      let latest: S;
      const keepState = (): void => {
        const reached = position(latest, count);
        writer.write(save(models, { parts, position: reached }), reached);
      };
      const attempt = (job: () => void): void => {
        try {
          job();
        } catch (error) {
          out.error(error);
        }
      };
      receive(source, out, {
        next: (step) => {
          latest = step;
          if (++count % every === 0) attempt(keepState);
          out.next(step);
        },
        error: (error) => out.error(error),
        complete: () => {
          if (count % every !== 0) attempt(keepState);
          if (count === 0) out.complete();
          else
            writer.idle().then(
              () => out.complete(),
              (error) => out.error(error),
            );
        },
      });
    });
};
