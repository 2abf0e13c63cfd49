/** Columns that got another meaning in mid-stream, such as those of a category that made way for another. */
export interface Renewal {
  /** Columns of the input. */
  readonly inputs?: readonly number[];
  /** Indices that columns of the input hold for an `embedding`. */
  readonly indices?: readonly { readonly column: number; readonly index: number }[];
  /** Columns of the output: classes. */
  readonly outputs?: readonly number[];
}
