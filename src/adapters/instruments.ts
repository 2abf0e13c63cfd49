/** One thing that operators watch. */
export interface Instrument {
  /** As OpenTelemetry writes it, behind the prefix. */
  readonly name: string;
  /** A counter only rises; a gauge stands where it was set; a histogram counts by size. */
  readonly kind: "counter" | "gauge" | "histogram";
  /** As UCUM writes it; what is in braces says what is counted, and "" is a plain number. */
  readonly unit: "s" | "" | `{${string}}`;
  readonly help: string;
  /** Beside `model` and those that are the same for all. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

const counter = (
  name: string,
  unit: Instrument["unit"],
  help: string,
  ...labels: readonly string[]
): Instrument => ({ name, kind: "counter", unit, help, labels });
const gauge = (
  name: string,
  unit: Instrument["unit"],
  help: string,
  ...labels: readonly string[]
): Instrument => ({ name, kind: "gauge", unit, help, labels });
const histogram = (
  name: string,
  unit: Instrument["unit"],
  help: string,
  buckets: readonly number[],
): Instrument => ({ name, kind: "histogram", unit, help, labels: [], buckets });

export type InstrumentName =
  | "steps"
  | "rows"
  | "refused"
  | "loss"
  | "losses"
  | "duration"
  | "validation"
  | "metric"
  | "baseline"
  | "predictions"
  | "version"
  | "promotions"
  | "drift"
  | "adaptations"
  | "guardRate"
  | "guardLimit"
  | "guardRefused"
  | "guardRollBacks"
  | "queueDepth"
  | "queuePeak"
  | "queueReceived"
  | "queueDelivered"
  | "queueDropped"
  | "labels"
  | "labelsPending"
  | "labelsEarly"
  | "checkpoints"
  | "checkpointsFailed"
  | "checkpointTime"
  | "weightNorm"
  | "gradientNorm";

/** All that is told of a model that learns, whoever collects it. */
export const instruments: Readonly<Record<InstrumentName, Instrument>> = {
  steps: counter("steps", "{step}", "Batches that were learned, one optimizer step each"),
  rows: counter("rows.learned", "{row}", "Rows of these batches"),
  refused: counter("refused", "{item}", "Batches, samples and events that were refused", "reason"),
  loss: gauge("loss", "", "Loss of the last batch, before its update"),
  losses: histogram(
    "step.loss",
    "",
    "Losses of the batches",
    [1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000],
  ),
  duration: histogram(
    "learning.duration",
    "s",
    "Time from a batch's arrival to its step",
    [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3],
  ),
  validation: gauge("validation.loss", "", "Loss of the validation batch, where one was computed last"),
  metric: gauge("metric", "", "What a metric reads after the last step", "metric"),
  baseline: gauge("baseline", "", "What the same metric reads of who has no model", "metric", "baseline"),
  predictions: counter("predictions", "{row}", "Rows that were answered"),
  version: gauge("serving.version", "", "Version of the model that answers"),
  promotions: counter("promotions", "{promotion}", "Changes of the champion", "decision"),
  drift: counter("drift.alarms", "{alarm}", "Alarms of the drift detector", "level"),
  adaptations: counter("adaptations", "{adaptation}", "What the drift policy did", "action"),
  guardRate: gauge("guard.rate", "", "What the guard multiplies steps by"),
  guardLimit: gauge("guard.loss.limit", "", "What the loss of the next batch must not exceed"),
  guardRefused: counter("guard.refusals", "{step}", "Steps that the guard did not let happen"),
  guardRollBacks: counter("guard.rollbacks", "{rollback}", "Returns to weights that were good"),
  queueDepth: gauge("queue.depth", "", "Items that wait", "queue"),
  queuePeak: gauge("queue.peak", "", "The most that ever waited", "queue"),
  queueReceived: counter("queue.received", "{item}", "Items that came", "queue"),
  queueDelivered: counter("queue.delivered", "{item}", "Items that went on", "queue"),
  queueDropped: counter("queue.dropped", "{item}", "Items that were dropped", "queue"),
  labels: counter("labels", "{label}", "Predictions and late labels, by what became of them", "outcome"),
  labelsPending: gauge("labels.pending", "", "Predictions that wait for their label"),
  labelsEarly: gauge("labels.early", "", "Labels that wait for their prediction"),
  checkpoints: counter("checkpoints.written", "{checkpoint}", "Checkpoints that are on the disk"),
  checkpointsFailed: counter("checkpoints.failed", "{checkpoint}", "Checkpoints that could not be written"),
  checkpointTime: gauge("checkpoint.timestamp", "s", "When the last one was written, since 1970"),
  weightNorm: gauge("weight.norm", "", "Euclidean norm of a parameter's values", "parameter"),
  gradientNorm: gauge("gradient.norm", "", "Euclidean norm of a parameter's last gradient", "parameter"),
};

/** `rxgrad_rows_learned_total`, by the rules by which OpenTelemetry's names become those of Prometheus. */
export const prometheusName = ({ name, kind, unit }: Instrument, prefix = "rxgrad"): string =>
  `${prefix}.${name}`.replace(/[^a-zA-Z0-9]+/g, "_").replace(/^(?=\d)/, "_") +
  (unit === "s" ? "_seconds" : "") +
  (kind === "counter" ? "_total" : "");

/** `rxgrad.rows.learned`. */
export const openTelemetryName = ({ name }: Instrument, prefix = "rxgrad"): string =>
  `${prefix}.${name}`.replace(/[^a-zA-Z0-9_./-]+/g, "_").replace(/^(?=[^a-zA-Z])/, "rxgrad.");
