import type { MessagePort } from "node:worker_threads";
import type { PortableError } from "./portableError.ts";
import type { WeightsSize } from "./weightsView.ts";

/** What a worker is started with. */
export interface Job {
  readonly actor: string;
  /** Of the module that exports `learning`. */
  readonly address: string;
  readonly data: unknown;
  readonly size: WeightsSize;
  readonly weights: SharedArrayBuffer;
  readonly publishEvery: number;
  readonly ring: SharedArrayBuffer;
  readonly slots: number;
  /** Batches that do not fit into a slot come this way; the slot tells when. */
  readonly foreign: MessagePort;
}

/** Something that happened in the worker. */
export type Happening =
  | { readonly kind: "step"; readonly run: number; readonly step: object }
  | { readonly kind: "error"; readonly run: number; readonly error: PortableError }
  | { readonly kind: "complete" | "failed"; readonly run: number }
  | { readonly kind: "rejected"; readonly batch: unknown; readonly error: PortableError };

/** What a worker says: first that it is ready, or why it is not, and then how far it has come. */
export type Report =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly error: PortableError }
  | {
      readonly kind: "progress";
      /** Slots taken since the beginning. */
      readonly taken: number;
      readonly happened: readonly Happening[];
    };
