import type { MessagePort } from "node:worker_threads";
import { invalid } from "../math/invalid.ts";
import { fifo } from "../streams/fifo.ts";
import { packBatch } from "./portableBatch.ts";
import type { Ring, Slot } from "./ring.ts";

/** What goes to a worker, in order: through the ring, and when that is full, in a line before it. */
export interface Sender {
  /** Batches, and ends of runs, that the worker has not reported as taken. */
  readonly depth: number;
  /** @throws InvalidInputError when more than maxPending wait, or what `postMessage` throws. */
  send(slot: Slot): void;
  /** Takes back what it can of a run that nobody wants any more. */
  leave(run: number): void;
  /** Goes on after the worker has reported how many slots it has taken. */
  advance(taken: number): void;
}

export interface SenderOptions {
  readonly actor: string;
  readonly ring: Ring;
  /** The way of batches that do not fit into a slot. */
  readonly foreign: MessagePort;
  readonly maxPending: number;
  /** Calls the worker, which is asleep. */
  readonly wake: () => void;
  /** Whether somebody still wants the run. */
  readonly wanted: (run: number) => boolean;
  /** Hears of a batch that could not be sent after it had waited. */
  readonly fail: (run: number, error: unknown) => void;
}

/** The sending end of a ring. */
export const sender = ({ actor, ring, foreign, maxPending, wake, wanted, fail }: SenderOptions): Sender => {
  const waiting = fifo<Slot>();
  let offered = 0;
  let reported = 0;

  const offer = (slot: Slot): void => {
    const { kind, run, batch } = slot;
    if (kind === "batch" && !ring.fits(batch!)) {
      foreign.postMessage(packBatch(batch!));
      ring.offer({ kind: "foreign", run });
    } else ring.offer(slot);
    offered++;
    if (ring.wake()) wake();
  };
  /** Counts what has been reported, so that a worker that keeps up does not keep this thread here. */
  const room = (): boolean => offered - reported < ring.size;
  const refill = (): void => {
    while (waiting.length > 0 && room()) {
      const slot = waiting.shift()!;
      if (slot.kind === "batch" && !wanted(slot.run)) continue;
      try {
        offer(slot);
      } catch (error) {
        fail(slot.run, error);
      }
    }
  };
  const send = (slot: Slot): void => {
    if (waiting.length === 0 && room()) offer(slot);
    else if (waiting.length < maxPending || slot.kind !== "batch") waiting.push(slot);
    else throw invalid(actor, `at most ${maxPending} waiting batches (maxPending)`, tooMany);
  };
  return {
    get depth() {
      return waiting.length + offered - reported;
    },
    send,
    leave: (run) => {
      ring.forget(run);
      send({ kind: "leave", run });
    },
    advance: (taken) => {
      reported = taken;
      refill();
    },
  };
};

const tooMany = "one more: trainOn(iterable) pulls from a source instead";
