/**
 * A fold: what a stream of items amounts to. Metrics, scalers, drift detectors and stopping rules are folds.
 * `step` may change the state it is given and return it; `init` makes a fresh one each time.
 */
export interface Fold<Item, Reading, State = unknown> {
  init(): State;
  step(state: State, item: Item): State;
  read(state: State): Reading;
}
