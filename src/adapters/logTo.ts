import type { MonoTypeOperatorFunction, Unsubscribable } from "rxjs";
import type { Guarded } from "../graph/guarding.ts";
import type { Model } from "../graph/model.ts";
import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import type { Load } from "../streams/backpressure.ts";
import { loggable } from "./loggable.ts";
import type { StepsOptions, Telemetry } from "./telemetry.ts";
import { telling } from "./telling.ts";
import { alarmOf, learnedOf, type Watched } from "./watched.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

/** What lines are written by: a logger of pino, or any that takes an object and a message. */
export type Logger = Readonly<Record<LogLevel, (line: object, message: string) => void>>;

export interface LogToOptions {
  /** Logs one of so many steps (1), or one in so many milliseconds. Drift, promotions and refusals are logged always. */
  readonly every?: number | { readonly ms: number };
  /** Of the lines of steps. */
  readonly level?: LogLevel;
  /** Which model it is: the key `model`. */
  readonly model?: string;
  /** Milliseconds, for `every: { ms }`. */
  readonly now?: () => number;
}

/** Log lines of one model; what has the same name in {@link Telemetry} is used in the same way. */
export interface LogLines extends Pick<Telemetry, "rejected" | "refused" | "load" | "checkpoints" | "close"> {
  readonly steps: <S extends object>(
    options?: Pick<StepsOptions<S>, "metrics">,
  ) => MonoTypeOperatorFunction<S>;
}

/**
 * Writes structured lines to a logger: of steps, refusals, drift, promotions, checkpoints and drops, each an object of known keys
 * with `event` and `model`, and a message. Numbers that are not finite are written as strings, which JSON would make null. A logger
 * that throws never reaches the stream.
 * @throws InvalidInputError for options that are none, and for what is no logger.
 * @example
 * const log = logTo(pino(), { model: "fraud", every: { ms: 10_000 } });
 * batches$.pipe(train(net, { loss, optimizer }), log.steps(), checkpoint(net, { dir, ...log.checkpoints })).subscribe();
 */
export const logTo = (logger: Logger, options: LogToOptions = {}): LogLines => {
  knownOptions(actor, options, ["every", "level", "model", "now"]);
  const { every = 1, level = "info", model = "default", now = () => performance.now() } = options;
  for (const name of [level, "info", "warn", "error"])
    if (typeof logger?.[name as LogLevel] !== "function")
      throw invalid(
        actor,
        `a logger with ${name}(object, message), such as pino()`,
        inWords(logger?.[level]),
      );
  const due = typeof every === "number" ? counting(every) : timing(every?.ms, now);
  const { safely, passing } = telling(actor);
  const listening = new Set<Unsubscribable>();
  const line = (at: LogLevel, event: string, fields: object, message: string): void =>
    logger[at]({ event, model, ...fields }, message);

  const stepOf = (step: Watched, metrics: object | undefined): void => {
    const { run, id, size, loss, guard } = learnedOf(step) ?? {};
    const { validationLoss, version } = step;
    const fields = { run, id, size, loss, validationLoss, version, metrics, guard: guard && plain(guard) };
    line(level, "step", loggable(fields) as object, `step ${id ?? ""}`.trimEnd());
  };
  const eventsOf = (step: Watched): void => {
    const { id, adapted = "none", promotion = "none", version } = step;
    const alarm = alarmOf(step);
    if (alarm !== "none" || adapted !== "none")
      line("warn", "drift", { id, alarm, action: adapted }, `drift: ${alarm}, then ${adapted}`);
    if (promotion !== "none")
      line("warn", "promotion", { id, decision: promotion, version }, `champion: ${promotion}`);
  };
  const refused = safely((_: unknown, reason: Error) =>
    line("warn", "refused", { reason: reason.message }, "refused"),
  );
  let dropped = 0;
  return {
    steps: (options = {}) => {
      knownOptions("steps()", options, ["metrics"]);
      const { metrics } = options;
      return passing((step) => {
        const watched: Watched = step;
        if (due()) stepOf(watched, metrics ? metrics(step) : watched.metrics);
        eventsOf(watched);
      });
    },
    rejected: (from: Pick<Model, "rejected$">) => {
      const subscription = from.rejected$.subscribe(
        safely(({ error, action }) =>
          line("warn", "refused", { reason: error.message, action }, `refused${action ? `: ${action}` : ""}`),
        ),
      );
      listening.add(subscription);
      subscription.add(() => listening.delete(subscription));
      return subscription;
    },
    refused,
    load: safely((load: Load) => {
      if (load.dropped > dropped) line("warn", "dropped", { ...load }, `dropped ${load.dropped - dropped}`);
      dropped = load.dropped;
    }),
    checkpoints: {
      written: {
        next: safely(({ path, position }: Parameters<Written["next"]>[0]) =>
          line("info", "checkpoint", loggable({ path, position }) as object, "checkpoint written"),
        ),
      },
      errors: {
        next: safely((err: Error) => line("error", "checkpointFailed", { err }, err.message)),
      },
    },
    close: () => {
      for (const subscription of [...listening]) subscription.unsubscribe();
    },
  };
};

const actor = "logTo()";

type Written = Telemetry["checkpoints"]["written"];

const plain = ({ refused, rollBacks, rate, limit }: Guarded): Guarded => ({
  refused,
  rollBacks,
  rate,
  limit,
});

const counting = (every: number): (() => boolean) => {
  whole(actor, "every", every);
  let position = 0;
  return () => position++ % every === 0;
};

const timing = (ms: number | undefined, now: () => number): (() => boolean) => {
  finite(actor, "every.ms", ms as number, { min: 0 });
  let next = Number.NEGATIVE_INFINITY;
  return () => {
    const at = now();
    if (at < next) return false;
    next = at + ms!;
    return true;
  };
};
