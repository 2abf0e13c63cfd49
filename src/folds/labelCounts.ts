/**
 * What became of predictions and labels so far. All predictions are joined + expired + evicted + repeated + pending; all labels
 * are joined + duplicate + late + unknown + early.
 */
export interface LabelCounts {
  /** Predictions that got their label. */
  readonly joined: number;
  /** Of those joined, the ones whose label came after that of a later prediction. */
  readonly shuffled: number;
  /** Labels refused because their prediction had one already. */
  readonly duplicate: number;
  /** Labels refused because their prediction had expired, or had been evicted. */
  readonly late: number;
  /** Labels whose prediction did not come in time, or for which there was no room. */
  readonly unknown: number;
  /** Predictions whose label did not come in time. */
  readonly expired: number;
  /** Predictions given up, the oldest first, because too many waited. */
  readonly evicted: number;
  /** Predictions refused because their key was in use. */
  readonly repeated: number;
  /** Predictions that wait for their label now. */
  readonly pending: number;
  /** Labels that wait for their prediction now. */
  readonly early: number;
}

/** Before anything came. */
export const noLabels: LabelCounts = {
  joined: 0,
  shuffled: 0,
  duplicate: 0,
  late: 0,
  unknown: 0,
  expired: 0,
  evicted: 0,
  repeated: 0,
  pending: 0,
  early: 0,
};
