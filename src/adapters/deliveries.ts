import type { OperatorFunction } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import { fault, invalid, inWords, knownOptions } from "../math/invalid.ts";
import { type MinibatchOptions, minibatch } from "../streams/minibatch.ts";
import type { Sample, SparseSample } from "../streams/sample.ts";
import { books, type LedgerCounts } from "./books.ts";
import type { Delivery } from "./delivery.ts";
import { learning } from "./learning.ts";
import { type LedgerPosition, ledgerPosition } from "./ledgerPosition.ts";
import type { LedgerRun } from "./ledgerRun.ts";
import { receiving } from "./receiving.ts";

export interface DeliveriesOptions {
  /**
   * When a source is told that a delivery may be forgotten: when all that came of it is "learned", or only when that is in a
   * checkpoint that was written ("checkpointed").
   */
  readonly ack: "learned" | "checkpointed";
  /** What an earlier ledger's `position` gave: `resume(dir)?.position`. */
  readonly from?: unknown;
}

/** Connects sources that keep what they have sent with what learns from it. */
export interface Ledger {
  /** Values of deliveries, one at a time; those that came before are left out. */
  readonly receive: <Value>() => OperatorFunction<Delivery<Value>, Value>;
  /** `minibatch(size, options)`, and behind it what learns from its batches in the same turn: `train(…)`. */
  readonly learn: <Out>(
    size: number,
    learner: OperatorFunction<Batch, Out>,
    options?: MinibatchOptions,
  ) => OperatorFunction<Sample | SparseSample, Out>;
  /** What learns one item at a time: an online learner. */
  readonly learnEach: <Item, Out>(learner: OperatorFunction<Item, Out>) => OperatorFunction<Item, Out>;
  /** How far has been learned. Needs no `this`: `checkpoint(net, { position: ledger.position, written: ledger.written })`. */
  readonly position: () => LedgerPosition;
  /** Is told of checkpoints that are on the disk. */
  readonly written: { readonly next: (checkpoint: { readonly position: unknown }) => void };
  /** Where a source goes on: behind what the ledger begins with. */
  readonly from: <Position>(partition: string) => Position | undefined;
  readonly counts: () => LedgerCounts;
}

const actor = "deliveries()";

/**
 * A ledger of deliveries: which are learned, which may be forgotten by their source, and from where to go on after a crash, so
 * that each has its effect once in a model that is loaded from the checkpoint with the ledger's position. `receive()` stands behind
 * the source, `learn()` takes the place of `minibatch` and `train`, and what stands between is synchronous; its state, if it has
 * one, belongs into the `parts` of the checkpoint. A batch is learned once all that its last delivery gives has come, so that a
 * checkpoint never falls into the middle of one. Deliveries of different partitions may come in any order.
 *
 * A ledger is for one run: another run, or a retry, needs another one.
 * @throws InvalidInputError on options that are none, and on a `from` that no ledger has given.
 * @example
 * const saved = resume("checkpoints");
 * const ledger = deliveries({ ack: "checkpointed", from: saved?.position });
 * if (saved) load(net, saved.bytes);
 * fromNdjson<Sample>("samples.ndjson", { from: ledger.from("samples.ndjson") }).pipe(
 *   ledger.receive(),
 *   ledger.learn(32, train(net, { loss, optimizer })),
 *   checkpoint(net, { dir: "checkpoints", position: ledger.position, written: ledger.written }),
 * );
 */
export const deliveries = (options: DeliveriesOptions): Ledger => {
  knownOptions(actor, options, ["ack", "from"]);
  const { ack } = options;
  if (ack !== "learned" && ack !== "checkpointed")
    throw invalid(actor, '"learned" or "checkpointed" as ack', inWords(ack));
  const from = ledgerPosition(actor, options.from);
  const book = books(actor, ack === "learned", from);
  const used = new Set<string>();
  const ledger: LedgerRun = {
    book,
    restored: from.waiting,
    failed: false,
    drain: () => {},
    once: (what) => {
      if (used.has(what)) throw fault(actor, `one subscription to ${what} of a ledger`, "a second one");
      used.add(what);
    },
  };

  return {
    receive: () => receiving(ledger),
    learn: (size, learner, more = {}) =>
      learning(
        ledger,
        minibatch(size, {
          ...more,
          rejected: (sample, reason) => {
            book.refuse(sample);
            more.rejected?.(sample, reason);
          },
        }),
        ({ x }) => x.rows,
        learner,
      ),
    learnEach: (learner) =>
      learning(
        ledger,
        (items$) => items$,
        () => 1,
        learner,
      ),
    position: book.position,
    written: { next: ({ position }) => book.written(ledgerPosition(actor, position)) },
    from: <Position>(partition: string) =>
      Object.hasOwn(from.at, partition) ? (from.at[partition] as Position) : undefined,
    counts: book.counts,
  };
};
