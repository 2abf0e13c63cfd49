import type { Drawn, Memory, Rows } from "../folds/memory.ts";
import type { PrioritizedMemory } from "../folds/prioritized.ts";
import type { Scored } from "../folds/scored.ts";
import type { Batch } from "../graph/batch.ts";
import type { Loss } from "../losses/loss.ts";
import { fault } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { isSparse } from "../math/sparse.ts";
import { type MixingBuffers, mix } from "./mixing.ts";
import { scoredRows } from "./scoredRows.ts";

/** What came of a batch: a step of train({ predictions: true }), prequential or pool. */
export interface Rehearsed extends Scored {
  /** Rows of the batch. */
  readonly size: number;
}

export interface RehearsalOptions {
  /** Rows that are replayed with each row that comes; 1 unless told otherwise. Fractions add up over batches. */
  readonly mix?: number;
  /** Whether to remember what the model answered too, for darkExperience(). */
  readonly logits?: boolean;
  /** By which a memory is told how badly each replayed row was predicted, when it goes by that. */
  readonly loss?: Loss;
}

/** A memory that goes by losses, or does not. */
export type AnyMemory<State> = Memory<State> & {
  readonly feedback?: PrioritizedMemory<State>["feedback"] | undefined;
};

/** Where the state of the memory lives; plain data. */
export interface ReplayState<State> {
  state: State;
  /** The fraction of a row that is still to be replayed. */
  due?: number;
}

/** What replay does to a batch on its way to be learned, and to the step that comes of it. */
export interface Rehearsal {
  mixed(batch: Batch): Batch;
  /** @throws Error for a step whose target is that of no batch. */
  settled<S extends Rehearsed>(step: S): S;
}

/** A batch under way. */
interface Waiting {
  readonly batch: Batch;
  /** The targets with those of the replayed rows. */
  readonly y: Matrix;
  readonly slots: readonly number[];
  readonly buffers: MixingBuffers | undefined;
}

const none: Drawn = { slots: [] };

/** Replays rows of a memory whose state is in `live`. */
export const rehearsal = <State>(
  actor: string,
  memory: AnyMemory<State>,
  { mix: ratio = 1, logits = false, loss }: RehearsalOptions,
  live: ReplayState<State>,
): Rehearsal => {
  const waiting = new WeakMap<Matrix, Waiting>(); // batches that are dropped on the way are not held
  let free: MixingBuffers | undefined; // those of a batch that was learned
  const draw = (rows: number): Drawn => {
    const due = (live.due ?? 0) + ratio * rows;
    const n = Math.floor(due);
    live.due = due - n;
    return n > 0 ? memory.sample(live.state, n) : none;
  };
  return {
    mixed: (batch) => {
      if (!isWhole(batch)) return batch; // whoever learns refuses it, in its own words
      const kept = memory.kept(live.state);
      const drawn = isLike(batch, kept) ? draw(batch.x.rows) : none;
      const { batch: larger, buffers } = mix(batch, kept, drawn, free);
      free = undefined;
      waiting.set(larger.y, { batch, y: larger.y, slots: drawn.slots, buffers });
      return larger;
    },
    settled: (step) => {
      const found = waiting.get(step.target);
      if (!found) {
        const expected =
          "steps with the target of their batch, as train({ predictions: true }), prequential() and pool() make them";
        throw fault(actor, expected, "another target");
      }
      const { batch, y, slots, buffers } = found;
      const { rows } = batch.x;
      free = buffers;
      if (memory.feedback && loss && slots.length > 0)
        memory.feedback(live.state, slots, lossesFrom(loss, step.prediction, y, rows));
      const scored = scoredRows(step.prediction, batch);
      const offered: Rows = logits ? { ...batch, answer: scored.prediction } : batch;
      for (let i = 0; i < rows; i++) memory.offer(live.state, offered, i);
      const { weight: _, ...rest } = step;
      return { ...rest, ...scored, size: rows } as unknown as typeof step;
    },
  };
};

/** The loss of each row from the given one on. */
const lossesFrom = (loss: Loss, prediction: Matrix, target: Matrix, from: number): number[] =>
  Array.from(
    { length: prediction.rows - from },
    (_, k) => loss(rowOf(prediction, from + k), rowOf(target, from + k)).value,
  );

const rowOf = ({ cols, data }: Matrix, i: number): Matrix => ({
  rows: 1,
  cols,
  data: data.subarray(i * cols, (i + 1) * cols),
});

/** Whether the parts of a batch go together, so that mixing them hides nothing. */
const isWhole = (batch: Batch): boolean => {
  const { x, y, weight } = batch ?? {};
  if (!isMatrix(x) || !isMatrix(y) || y.rows !== x.rows) return false;
  return weight === undefined || (isMatrix(weight) && weight.rows === x.rows && weight.cols === 1);
};

const isMatrix = (m: Matrix | undefined): m is Matrix =>
  typeof m === "object" &&
  m !== null &&
  (isSparse(m) ||
    ((m.data instanceof Float32Array || m.data instanceof Float64Array) &&
      m.data.length === m.rows * m.cols));

/** Whether a batch is as wide as the rows kept, of which there are some. */
const isLike = ({ x, y }: Batch, [row]: ReturnType<Memory["kept"]>): boolean =>
  row !== undefined &&
  row.y.length === y.cols &&
  (row.columns ? isSparse(x) : !isSparse(x) && row.x.length === x.cols);
