/**
 * Where the state of an operator is, if not inside the subscription: so that it can be saved, as one of the `parts` of a checkpoint,
 * and gone on from. It begins as `{ state: undefined }`, and is looked at when the operator is subscribed to.
 */
export interface Live<State> {
  /** Plain data, if what the operator has to keep is. */
  state: State | undefined;
}
