import type { Scored } from "../folds/scored.ts";
import { blame } from "../math/invalid.ts";
import type { Metrics, Readings } from "./metrics.ts";
import { recordOf } from "./recordOf.ts";

/**
 * Metrics at work: takes in what was scored, and tells what each then reads. Their states may be given, to be seen from outside.
 * @throws Error that names the metric, and is no InvalidInputError: what was scored is not to blame.
 */
export const metering = <M extends Metrics>(
  actor: string,
  metrics: M | undefined,
  states: unknown[] = Object.values(metrics ?? {}).map((fold) => fold.init()),
): ((scored: Scored) => Readings<M>) => {
  const names = Object.keys(metrics ?? {});
  const folds = Object.values(metrics ?? {});
  const readings: unknown[] = names.map(() => undefined);
  return (scored) => {
    for (let i = 0; i < folds.length; i++) {
      const fold = folds[i]!;
      try {
        states[i] = fold.step(states[i], scored);
        readings[i] = fold.read(states[i]);
      } catch (error) {
        throw blame(`${actor} in ${names[i]}`, error);
      }
    }
    return recordOf(names, readings) as Readings<M>;
  };
};
