import type { Books } from "./books.ts";

/** What the two operators of a ledger know of each other. */
export interface LedgerRun {
  readonly book: Books;
  /** Samples that waited when the position was saved with which it begins. */
  readonly restored: readonly unknown[];
  /** Whether something has ended the run with an error. */
  failed: boolean;
  /** Learns what was gathered while a delivery was in hand. */
  drain: () => void;
  /** @throws Error at the second subscription. */
  once(what: string): void;
}
