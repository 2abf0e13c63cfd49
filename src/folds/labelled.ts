/** What a prediction and its label have in common. */
export type LabelKey = string | number | bigint;

/** A prediction with its label. */
export interface Labelled<Item, Label> {
  /** What was kept when it was predicted. */
  readonly item: Item;
  readonly label: Label;
  /** How long the label took, by the clock of the join: 0 when it came first. */
  readonly waited: number;
  /** Whether no label came in time, and this is the one that stands for that. */
  readonly expired: boolean;
}
