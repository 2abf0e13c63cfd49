/** A value that a stream has stored, and where. */
export interface Stored<Value, Position> {
  readonly value: Value;
  readonly position: Position;
}
