/** A row by the names of its columns, as its format has it, and its number: of its line, where there are lines. */
export interface RecordRow {
  readonly line: number;
  readonly record: Readonly<Record<string, unknown>>;
}
