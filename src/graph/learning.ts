// Long because the three classes make sense only side by side.
import { Subscriber } from "rxjs";
import { weighClasses } from "../losses/classWeights.ts";
import type { Loss } from "../losses/loss.ts";
import { isInvalidInput } from "../math/invalid.ts";
import type { Inlet } from "../math/kernels.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Rule } from "../optimizers/rule.ts";
import type { Batch } from "./batch.ts";
import { checkAllButNumbers } from "./checkBatch.ts";
import { admitFinite } from "./checkInput.ts";
import { type Dice, dice } from "./dice.ts";
import type { Frame } from "./frame.ts";
import type { Guard, Guarded, Watch } from "./guarding.ts";
import type { Model } from "./model.ts";
import { takePartBeside } from "./parts.ts";
import { type RowBuffers, rowBuffers } from "./rowBuffers.ts";
import type { Run } from "./run.ts";
import { type Scorer, scorer } from "./scorer.ts";
import { type Updater, updater } from "./updater.ts";
import type { Weights } from "./weights.ts";

export interface TrainerOptions {
  readonly loss: Loss;
  readonly optimizer: Rule;
  /** How much each class counts; it multiplies the weights of the samples. */
  readonly classWeight?: Readonly<Record<number, number>> | readonly number[];
}

export interface GuardedOptions extends TrainerOptions {
  /** Refuses the step of a batch whose loss explodes or is not finite, and says what then: `guard({ policy })`. */
  readonly guard?: Guard;
}

/** What learning from a batch came to: the loss is that of before the update. Ids count on where a saved training had come to. */
export interface Learned {
  readonly run: number;
  readonly id: number;
  readonly size: number;
  readonly loss: number;
  /** How the training stands, if it has a guard. */
  readonly guard?: Guarded;
}

/** A trainer at work: classes for the same reason as those of the nodes, see nodeWork.ts. */
export class Learning {
  private readonly model: Model;
  private readonly shape: Pick<Model, "inputs" | "outputs" | "weights">;
  private readonly loss: Loss;
  private readonly classWeight: TrainerOptions["classWeight"];
  private readonly actor: string;
  private readonly weights: Weights;
  private readonly rule: Updater;
  private readonly leave: () => void;
  private readonly watch: Watch | undefined;
  private readonly random: Dice;
  private readonly admitX: Inlet;
  private readonly admitY: Inlet;
  private readonly admitWeight: Inlet;
  private readonly gradients: RowBuffers;
  private readonly frame: { id: number; readonly mode: "train"; value: Matrix };
  private run: Run | undefined;
  private failure: { readonly error: unknown } | undefined;
  // of the batch in flight
  returned = false;
  y: Matrix;
  weight: Matrix | undefined;
  value: number = Number.NaN;
  output: Matrix | undefined;

  constructor(model: Model, { loss, optimizer, classWeight, guard }: GuardedOptions, actor: string) {
    const { inputs, outputs, weights } = model;
    const { kernels } = weights;
    const none = undefined as unknown as Matrix;
    const frame = { id: -1, mode: "train" as const, value: none };
    this.model = model;
    this.shape = { inputs, outputs, weights }; // a model is an object with accessors, which are slow to read
    this.loss = loss;
    this.classWeight = classWeight;
    this.actor = actor;
    this.weights = weights;
    this.watch = guard?.watch(weights, optimizer);
    try {
      this.rule = updater(this.watch?.rule ?? optimizer, weights);
      this.leave = takePartBeside(this.rule, weights.parts, {
        source: `batches of ${optimizer.source}`,
        optional: true,
        get: () => frame.id,
        set: (id) => {
          frame.id = id as number;
        },
      });
    } catch (error) {
      this.watch?.close();
      throw error;
    }
    this.random = dice(model);
    this.admitX = kernels.inlet();
    this.admitY = kernels.inlet();
    this.admitWeight = kernels.inlet();
    this.gradients = rowBuffers(kernels);
    this.frame = frame;
    this.y = none;
  }

  learn(batch: Batch): Learned {
    const { actor, frame } = this;
    checkAllButNumbers(actor, batch, this.shape, this.loss);
    const x = admitFinite(actor, batch.x, this.admitX, this.weights.kernels);
    const weight = this.classWeight
      ? weighClasses(this.classWeight, batch.y, batch.weight, batch.fresh?.y.cols) // replay adds answers to targets
      : batch.weight;
    this.y = this.admitY.admit(batch.y);
    this.weight = weight && this.admitWeight.admit(weight);
    this.run ??= this.open();
    const { run, watch } = this;
    frame.id++;
    frame.value = x;
    this.returned = false;
    this.random.keep();
    if (watch) this.output = undefined;
    try {
      run.input.value.next(frame);
      if (this.failure) throw this.failure.error;
      if (!this.returned) throw this.looseEnd();
      watch?.look(this.value);
      this.rule.update(this.value);
    } catch (error) {
      this.takeBack();
      // an error from before there was an answer is not about the loss, but about the data
      if (!watch || !this.output || !isInvalidInput(error)) throw error;
      throw watch.refuse(error, () => this.rule.restart());
    }
    const learned = { run: run.id, id: frame.id, size: x.rows, loss: this.value };
    return watch ? { ...learned, guard: watch.made() } : learned;
  }

  close(): void {
    this.takeDown();
    this.watch?.close();
    this.leave();
    for (const inlet of [this.admitX, this.admitY, this.admitWeight]) inlet.free();
    this.gradients.free();
  }

  fail(error: unknown): void {
    this.failure ??= { error };
  }

  /** The model was disposed; starting another run says so. */
  end(): void {
    this.run = undefined;
  }

  private open(): Run {
    const run = this.model.start("train");
    run.output.value$.subscribe(new Answers(this, run, scorer(this.loss, run, this.gradients, this.actor)));
    run.input.grad$.subscribe(new Returns(this));
    return run;
  }

  private takeDown(): void {
    this.run?.close();
    this.run = undefined;
  }

  /** Leaves everything as it was before the batch; the wires may have ended with the error, so the next one gets a new graph. */
  private takeBack(): void {
    this.failure = undefined;
    this.takeDown();
    this.weights.settle(true);
    this.random.restore();
  }

  private looseEnd(): Error {
    return new Error(
      `${this.actor} expects the gradient of batch ${this.frame.id} back at the input, got none: a wire has a loose end, or was closed`,
    );
  }
}

/** What the graph answers: it is scored, and the gradient of the loss goes back. */
class Answers extends Subscriber<Frame> {
  private readonly learning: Learning;
  private readonly grad: Run["output"]["grad"];
  private readonly scores: Scorer;
  private readonly up: { id: number; readonly mode: "train"; value: Matrix; readonly preActivation: boolean };

  constructor(learning: Learning, { output }: Run, scores: Scorer) {
    super();
    this.learning = learning;
    this.grad = output.grad;
    this.scores = scores;
    const { preActivation } = scores;
    this.up = { id: 0, mode: "train", value: undefined as unknown as Matrix, preActivation };
  }

  protected override _next({ id, value }: Frame): void {
    const { learning, scores, up } = this;
    try {
      learning.output = value;
      up.value = scores.gradient(value, learning.y, learning.weight);
      learning.value = scores.value;
      up.id = id;
    } catch (error) {
      learning.fail(error);
      return;
    }
    this.grad.next(up);
  }

  protected override _error(error: unknown): void {
    this.learning.fail(error);
    this.unsubscribe();
  }

  protected override _complete(): void {
    this.learning.end();
    this.unsubscribe();
  }
}

/** The gradient that has come all the way back: the batch is done. */
class Returns extends Subscriber<Frame> {
  private readonly learning: Learning;

  constructor(learning: Learning) {
    super();
    this.learning = learning;
  }

  protected override _next(): void {
    this.learning.returned = true;
  }

  protected override _error(error: unknown): void {
    this.learning.fail(error);
    this.unsubscribe();
  }
}
