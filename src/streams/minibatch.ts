import { asyncScheduler, type OperatorFunction, type SchedulerLike, type Subscription } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import type { Model } from "../graph/model.ts";
import type { Renewal } from "../graph/renewal.ts";
import type { Loss } from "../losses/loss.ts";
import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { checkSample, type Soundness } from "./checkSample.ts";
import { collector } from "./collector.ts";
import { operate } from "./operate.ts";
import { refusalOf } from "./refusalOf.ts";
import type { Sample, SparseSample } from "./sample.ts";
import { bothRenewals, isRenewal, usesRenewed } from "./usesRenewed.ts";

export interface MinibatchOptions extends Omit<Soundness, "fits"> {
  /**
   * What the samples are for: from the model follow `inputs` and `precision`, unless they are told otherwise, and the loss
   * says which targets it is defined for.
   */
  readonly for?: { readonly model: Pick<Model, "inputs" | "outputs" | "weights">; readonly loss?: Loss };

  /** Milliseconds from the first sample of a batch after which it is emitted at the latest. */
  readonly maxWait?: number;
  readonly scheduler?: SchedulerLike;
  /** What becomes of a sample that is refused: it ends the stream with an error, or is left out, it alone. */
  readonly onInvalid?: "error" | "skip";
  /** Is told of each sample that was left out, and why: `quarantine().put`, for example. */
  readonly rejected?: (sample: unknown, reason: Error) => void;
}

/**
 * Samples gathered into batches of `size` (or `Infinity`, with maxWait), each with fresh float64 matrices (small ones
 * are views into a block of 8 kB; copy them before their memory is transferred). Completion emits the rest as a smaller
 * batch, an error discards it. With `maxWait`, a batch is emitted that many milliseconds after its first sample at the
 * latest. A batch has weights if one of its samples has; the others weigh 1. Sparse rows become a sparse matrix.
 *
 * With `onInvalid: "skip"` a bad sample is left out, and the good ones beside it are not: one with what is no number, not
 * finite in this `precision`, or of another width. Without `inputs` and `targets` the first good sample says how wide;
 * bad data that comes first must not, so tell them, or `for` what: `minibatch(32, { onInvalid: "skip", for: { model, loss } })`.
 *
 * Hand-written, because it sees every sample and holds a timer for each batch.
 * @throws InvalidInputError (as an error of the stream) on samples that differ in width or hold what is no number, unless
 * they are skipped. NaN passes, for `train` to decide about, unless something of the above is asked for.
 */
export const minibatch = (
  size: number,
  options: MinibatchOptions = {},
): OperatorFunction<Sample | SparseSample, Batch> => {
  const actor = `minibatch(${size})`;
  knownOptions(actor, options, known);
  const { maxWait, scheduler = asyncScheduler, onInvalid = "error", rejected } = options;
  if (size !== Number.POSITIVE_INFINITY) whole(actor, "size", size);
  if (maxWait !== undefined) finite(actor, "maxWait", maxWait, { min: 0 });
  const sound = soundness(actor, options);
  if (onInvalid !== "error" && onInvalid !== "skip")
    throw invalid(actor, '"error" or "skip" as onInvalid', inWords(onInvalid));
  const skip = onInvalid === "skip";
  const strict = skip || Object.values(sound).some((one) => one !== undefined);
  return operate((out) => {
    const samples = collector(actor, size);
    let position = 0;
    let waiting = 0;
    let due: Subscription | undefined;
    let renewed: Renewal | undefined;
    const flush = (): void => {
      due?.unsubscribe();
      due = undefined;
      if (waiting === 0) return;
      waiting = 0; // a subscriber may push the next sample
      const batch = renewed ? { ...samples.take(), renewed } : samples.take();
      renewed = undefined;
      out.next(batch);
    };
    /** Samples that use what is renewed go before it. */
    const renew = (renewal: unknown): void => {
      if (!isRenewal(renewal))
        throw invalid(actor, "{ inputs?, indices?, outputs? } of lists as renewed", inWords(renewal));
      if (waiting > 0 && usesRenewed(samples.peek(), renewal)) flush();
      renewed = bothRenewals(renewed, renewal);
    };
    /** Whether the sample was good, and so waits now. */
    const takeIn = (sample: Sample | SparseSample): boolean => {
      const at = position++;
      try {
        if (sample?.renewed !== undefined) renew(sample.renewed);
        if (strict) checkSample(actor, sample, at, sound);
        waiting = samples.push(sample, at);
        return true;
      } catch (error) {
        const refusal = refusalOf(actor, sample, error);
        if (!skip || !refusal) throw refusal ?? error;
        rejected?.(sample, refusal);
        return false;
      }
    };
    return {
      next: (sample) => {
        if (!takeIn(sample)) return;
        if (waiting === size) flush();
        else if (maxWait !== undefined && !due) {
          due = scheduler.schedule(flush, maxWait);
          out.add(due);
        }
      },
      complete: flush,
    };
  });
};

const known: readonly (keyof MinibatchOptions)[] = [
  "maxWait",
  "scheduler",
  "onInvalid",
  "rejected",
  "inputs",
  "targets",
  "precision",
  "for",
];

/** What the options say of samples. @throws InvalidInputError for what is no width, no precision, and no model. */
const soundness = (actor: string, { inputs, targets, precision, for: use }: MinibatchOptions): Soundness => {
  if (inputs !== undefined) whole(actor, "inputs", inputs);
  if (targets !== undefined) whole(actor, "targets", targets);
  if (precision !== undefined && precision !== "float32" && precision !== "float64")
    throw invalid(actor, '"float32" or "float64" as precision', inWords(precision));
  if (!use) return { inputs, targets, precision };
  const { model, loss } = use;
  if (typeof model?.weights !== "object") throw invalid(actor, "{ model, loss? } as for", inWords(use));
  const { outputs } = model;
  return {
    inputs: inputs ?? model.inputs,
    targets,
    precision: precision ?? model.weights.kernels.precision,
    fits: loss && outputs !== undefined ? (y) => loss.check(y, outputs) : undefined,
  };
};
