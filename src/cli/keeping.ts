import { lastValueFrom, Subject } from "rxjs";
import { checkpoint } from "../node/checkpoint.ts";
import { failure } from "./failure.ts";
import { type OpenModel, partsOf } from "./openModel.ts";
import { plainError } from "./plainError.ts";
import type { Waiting } from "./service.ts";

export interface KeepingOptions {
  /** The folder; without it, nothing is kept. */
  readonly checkpoint?: string;
  readonly every: number;
}

/** Checkpoints at work. */
export interface Keeping {
  /** To be called after each event that changed something. */
  changed(): void;
  /** Why the last one could not be written; null when it could. */
  problem(): string | null;
  /** How many rows the last one has learned. */
  state(): Readonly<Record<string, unknown>>;
  /** Writes the last one. */
  close(): Promise<void>;
}

/** Checkpoints of a model that is served, and of what waits for its labels. */
export const keeping = (
  model: OpenModel,
  waiting: Waiting,
  { checkpoint: dir, every }: KeepingOptions,
): Keeping => {
  if (dir === undefined)
    return {
      changed: () => {},
      problem: () => null,
      state: () => ({ checkpoint: null }),
      close: async () => {},
    };
  const changes$ = new Subject<void>();
  let last: unknown = null;
  let problem: string | null = null;
  const written = lastValueFrom(
    changes$.pipe(
      checkpoint(model.learner.models, {
        dir,
        every,
        parts: partsOf(model, { waiting: waiting as { state: unknown } }),
        position: () => model.learned.rows,
        written: {
          next: ({ position }) => {
            last = position;
            problem = null;
          },
        },
        errors: {
          next: (error) => {
            problem = error.message;
            process.stderr.write(`rxgrad: ${plainError(failure(error.message))}\n`);
          },
        },
      }),
    ),
    { defaultValue: undefined },
  );
  return {
    changed: () => changes$.next(),
    problem: () => problem,
    state: () => ({ checkpoint: last, ...(problem === null ? {} : { problem }) }),
    close: async () => {
      changes$.complete();
      await written;
    },
  };
};
