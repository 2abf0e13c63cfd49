/**
 * What connects sources with learning: deliveries and their ledger, and emitters.
 * @module
 */

export type { LedgerCounts } from "../adapters/books.ts";
export { type DeliveriesOptions, deliveries, type Ledger } from "../adapters/deliveries.ts";
export type { Delivery } from "../adapters/delivery.ts";
export { type Emitter, type FromEmitterOptions, fromEmitter } from "../adapters/fromEmitter.ts";
export type { LedgerPosition } from "../adapters/ledgerPosition.ts";
