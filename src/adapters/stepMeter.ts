import { knownOptions, whole } from "../math/invalid.ts";
import type { Data } from "../math/matrix.ts";
import { eachReading } from "./eachReading.ts";
import { family } from "./family.ts";
import type { Cell, Meter } from "./meter.ts";
import { rising } from "./rising.ts";
import type { StepsOptions } from "./telemetry.ts";
import { alarmOf, learnedOf, type Watched } from "./watched.ts";

/** Tells a meter of steps. */
export const stepMeter = (
  meter: Meter,
  limit: number,
  version: Cell,
): (<S extends object>(options?: StepsOptions<S>) => (step: S) => void) => {
  const steps = meter.cell("steps");
  const rows = meter.cell("rows");
  const loss = meter.cell("loss");
  const losses = meter.histogram("losses");
  const validation = meter.cell("validation");
  const guardRate = meter.cell("guardRate");
  const guardLimit = meter.cell("guardLimit");
  const guardRefused = meter.cell("guardRefused");
  const guardRollBacks = meter.cell("guardRollBacks");
  const metrics = family(meter, "metric", limit);
  const baselines = family(meter, "baseline", limit);
  const alarms = family(meter, "drift", limit);
  const adaptations = family(meter, "adaptations", limit);
  const promotions = family(meter, "promotions", limit);
  const weightNorms = family(meter, "weightNorm", limit);
  const gradientNorms = family(meter, "gradientNorm", limit);

  const read = (name: string, value: number, baseline?: string): void => {
    (baseline === undefined ? metrics(name) : baselines(name, baseline)).value = value;
  };
  return (options = {}) => {
    knownOptions("steps()", options, ["metrics", "norms"]);
    const { metrics: metricsOf, norms } = options;
    const every = whole("steps()", "norms.every", norms?.every ?? 100);
    const refused = rising(guardRefused);
    const rolledBack = rising(guardRollBacks);
    let position = 0;
    return (step) => {
      const watched: Watched = step;
      const learned = learnedOf(watched);
      if (learned) {
        steps.value++;
        rows.value += learned.size ?? 1;
        loss.value = learned.loss!;
        losses(learned.loss!);
        const { guard } = learned;
        if (guard) {
          guardRate.value = guard.rate;
          guardLimit.value = guard.limit;
          refused(guard.refused);
          rolledBack(guard.rollBacks);
        }
      }
      if (watched.validationLoss !== undefined) validation.value = watched.validationLoss;
      if (watched.version !== undefined) version.value = watched.version;
      const readings = metricsOf ? metricsOf(step) : watched.metrics;
      if (readings) eachReading(readings, read);
      const alarm = alarmOf(watched);
      if (alarm !== "none") alarms(alarm).value++;
      const { adapted = "none", promotion = "none" } = watched;
      if (adapted !== "none") adaptations(adapted).value++;
      if (promotion !== "none") promotions(promotion).value++;
      if (!norms || position++ % every !== 0) return;
      for (const { name, value, grad } of norms.model.parameters) {
        weightNorms(name).value = norm(value.data);
        gradientNorms(name).value = norm(grad.data);
      }
    };
  };
};

const norm = (values: Data): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
};
