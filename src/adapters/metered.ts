import { defer, type Subscription, share, tap } from "rxjs";
import { reasonOf } from "../streams/quarantine.ts";
import { family } from "./family.ts";
import type { Meter } from "./meter.ts";
import { queueMeter } from "./queueMeter.ts";
import { rising } from "./rising.ts";
import { stepMeter } from "./stepMeter.ts";
import type { Telemetry } from "./telemetry.ts";
import { telling } from "./telling.ts";

export interface MeteredOptions {
  /** How many series an instrument may have that are named by data: metrics, reasons, parameters. */
  readonly limit: number;
  /** Milliseconds, for durations. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly today: () => number;
}

/** Tells a meter of all that is watched; the one reading of steps for every registry. */
export const metered = (actor: string, meter: Meter, { limit, now, today }: MeteredOptions): Telemetry => {
  const { safely, passing } = telling(actor);
  const listening = new Set<Subscription>();
  const version = meter.cell("version");
  const step = stepMeter(meter, limit, version);
  const predictions = meter.cell("predictions");
  const refusals = family(meter, "refused", limit);
  const outcomes = family(meter, "labels", settlements.length); // not named by data
  const pending = meter.cell("labelsPending");
  const early = meter.cell("labelsEarly");
  const written = meter.cell("checkpoints");
  const failed = meter.cell("checkpointsFailed");
  const writtenAt = meter.cell("checkpointTime");
  const duration = meter.histogram("duration");
  const queueOf = queueMeter(meter, limit);
  const settled = new Map(settlements.map((outcome) => [outcome, rising(outcomes(outcome))] as const));

  const refused = safely((_: unknown, reason: Error) => {
    refusals(reasonOf(reason)).value++;
  });
  const queue = (name: string) => safely(queueOf(name));
  return {
    steps: (options) => passing(step(options)),
    learning: (operator, options) => {
      const tell = safely(step(options));
      return (batches$) =>
        defer(() => {
          let began = Number.NaN;
          return batches$.pipe(
            tap(() => {
              began = now();
            }),
            operator,
            tap((learned) => {
              duration((now() - began) / 1000);
              tell(learned);
            }),
          );
        }).pipe(share());
    },
    predictions: () =>
      passing((answer) => {
        predictions.value += "prediction" in answer ? answer.prediction.rows : answer.rows;
        if ("version" in answer) version.value = answer.version as number;
      }),
    rejected: (model) => {
      const subscription = model.rejected$.subscribe(({ batch, error }) => refused(batch, error));
      listening.add(subscription);
      subscription.add(() => listening.delete(subscription));
      return subscription;
    },
    refused,
    load: queue("default"),
    queue,
    labels: {
      next: safely((counts) => {
        for (const [outcome, count] of settled) count(counts[outcome]);
        pending.value = counts.pending;
        early.value = counts.early;
      }),
    },
    checkpoints: {
      written: {
        next: safely(() => {
          written.value++;
          writtenAt.value = today() / 1000;
        }),
      },
      errors: {
        next: safely(() => {
          failed.value++;
        }),
      },
    },
    close: () => {
      for (const subscription of [...listening]) subscription.unsubscribe();
      meter.close();
    },
  };
};

/** What becomes of predictions and labels, for good. */
const settlements = ["joined", "duplicate", "late", "unknown", "expired", "evicted", "repeated"] as const;
