import { fault } from "../math/invalid.ts";
import { copyOfItem } from "../streams/copyOfItem.ts";
import type { Delivery } from "./delivery.ts";
import type { LedgerPosition } from "./ledgerPosition.ts";

/** How a ledger stands. */
export interface LedgerCounts {
  /** Deliveries that came for the first time, and those that came again. */
  readonly received: number;
  readonly redelivered: number;
  /** Those of which all is learned, or refused; and those whose source was told that it may forget them. */
  readonly settled: number;
  readonly acked: number;
  /** Samples that wait for their batch. */
  readonly waiting: number;
}

/** A delivery that its source must not forget yet. */
interface Entry {
  /** The latest of its deliveries: a source that has lost its connection may not hear of an earlier one. */
  delivery: Delivery<unknown>;
  /** How many had been received with it. */
  count: number;
  unlearned: number;
}

interface Waiting {
  /** The one that came, by which it is refused, and a copy, whatever becomes of its arrays. */
  readonly item: unknown;
  readonly copy: unknown;
  readonly entry: Entry | undefined;
}

/** What a ledger knows; the bookkeeping alone. */
export interface Books {
  /** Whether a delivery is in hand: it has begun, and not ended. */
  readonly inHand: boolean;
  /** Begins a delivery: false for one that was received before. */
  begin(delivery: Delivery<unknown>): boolean;
  /** The delivery in hand has given all it gives; or there was an error, and it counts as never received. */
  end(failed: boolean): void;
  /** A sample, of the delivery in hand if there is one. */
  add(sample: unknown): void;
  refuse(sample: unknown): void;
  /** Takes so many samples out of those that wait, the first ones, before they are learned; with what to call behind. */
  take(rows: number): { learned(): void; failed(): void };
  position(): LedgerPosition;
  /** What was received up to there is on a disk. */
  written(position: LedgerPosition): void;
  counts(): LedgerCounts;
}

export const books = (actor: string, ackLearned: boolean, from: LedgerPosition): Books => {
  const reached = new Map(Object.entries(from.at));
  const open = new Map<string, Entry>(); // the oldest first
  const waiting: Waiting[] = [];
  const counts = { received: 0, redelivered: 0, settled: 0, acked: 0 };
  let inHand: Entry | undefined;
  let before = 0; // how many waited when it came

  const ack = (entry: Entry): void => {
    open.delete(keyOf(entry.delivery));
    counts.acked++;
    entry.delivery.ack();
  };
  /** One sample of an entry less to learn. */
  const less = (entry: Entry | undefined): void => {
    if (entry && --entry.unlearned === 0 && entry !== inHand) settle(entry);
  };
  const settle = (entry: Entry): void => {
    counts.settled++;
    if (ackLearned) ack(entry);
  };

  return {
    get inHand() {
      return inHand !== undefined;
    },
    begin: (delivery) => {
      const { partition } = delivery;
      const entry = open.get(keyOf(delivery));
      if (!entry && (!reached.has(partition) || delivery.isAfter(reached.get(partition)))) {
        inHand = { delivery, count: 0, unlearned: 0 };
        before = waiting.length;
        return true;
      }
      counts.redelivered++;
      if (entry) entry.delivery = delivery;
      else delivery.ack();
      return false;
    },
    end: (failed) => {
      const entry = inHand!;
      inHand = undefined;
      if (failed) {
        waiting.length = before;
        return;
      }
      const { partition, position } = entry.delivery;
      reached.set(partition, position);
      entry.count = from.count + ++counts.received;
      open.set(keyOf(entry.delivery), entry);
      if (entry.unlearned === 0) settle(entry);
    },
    add: (item) => {
      waiting.push({ item, copy: copyOfItem(item), entry: inHand });
      if (inHand) inHand.unlearned++;
    },
    refuse: (sample) => {
      for (let i = waiting.length - 1; i >= 0; i--)
        if (waiting[i]!.item === sample) {
          less(waiting.splice(i, 1)[0]!.entry);
          return;
        }
    },
    take: (rows) => {
      if (rows > waiting.length)
        throw fault(actor, `batches of the ${waiting.length} samples that wait`, `${rows} rows`);
      const taken = waiting.splice(0, rows);
      return {
        learned: () => {
          for (const { entry } of taken) less(entry);
        },
        failed: () => {
          waiting.unshift(...taken);
          before += rows;
        },
      };
    },
    position: () => ({
      at: Object.fromEntries(reached),
      waiting: waiting.slice(0, inHand ? before : waiting.length).map(({ copy }) => copy),
      count: from.count + counts.received,
    }),
    written: ({ count }) => {
      if (ackLearned) return;
      for (const entry of open.values()) {
        if (entry.count > count) return;
        ack(entry);
      }
    },
    counts: () => ({ ...counts, waiting: waiting.length }),
  };
};

const keyOf = ({ partition, position }: Delivery<unknown>): string =>
  JSON.stringify([partition, position], (_, value) => (typeof value === "bigint" ? `${value}n` : value));
