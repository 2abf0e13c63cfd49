import type { Guarded } from "../graph/guarding.ts";

/** What of a step may be there to be told; steps of all operators that learn have some of it. */
export interface Watched {
  readonly run?: number;
  readonly id?: number;
  readonly size?: number;
  readonly loss?: number;
  readonly validationLoss?: number;
  readonly metrics?: object;
  readonly guard?: Guarded;
  /** A word, or what a detector reads. */
  readonly drift?: string | { readonly drift?: unknown; readonly warning?: unknown };
  readonly adapted?: string;
  readonly promotion?: string;
  readonly version?: number;
  /** Of steps of late labels, of which not every one completes a batch. */
  readonly learned?: unknown;
}

/** What was learned with a step: its own loss, or that of the batch that it carries as `learned`; or nothing. */
export const learnedOf = (step: Watched): Watched | undefined => {
  if (step.loss !== undefined) return step;
  const { learned } = step;
  return typeof learned === "object" && learned !== null ? learned : undefined;
};

/** "drift", "warning", or "none". */
export const alarmOf = ({ drift }: Watched): string => {
  if (drift === undefined) return "none";
  if (typeof drift === "string") return drift;
  return drift.drift === true ? "drift" : drift.warning === true ? "warning" : "none";
};
