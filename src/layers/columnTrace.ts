/**
 * How single columns can be followed through a layer, so that what was learned of one can be found and forgotten. What is
 * left out cannot be told: such a layer mixes the columns.
 */
export interface ColumnTrace {
  /** The parameter of which row j is all that the layer has learned of column j of its input. */
  readonly rows?: string;
  /** The parameter of which row i is what it has learned of the index i, in whichever column that stands. */
  readonly indices?: string;
  /** The parameters of which column j is all that it has learned for column j of its output. */
  readonly cols?: readonly string[];
  /**
   * The columns of the output that are 0 where the given columns of the inputs are (a list for each input), if no other
   * column of the output depends on them.
   */
  forward?(columns: readonly (readonly number[])[], widths: Widths): readonly number[] | undefined;
  /** The columns of each input that the given columns of the output are made of, one of one. */
  backward?(columns: readonly number[], widths: Widths): readonly (readonly number[])[] | undefined;
}

/** The columns of each input, where known. */
type Widths = readonly (number | undefined)[];

/** Column j of the output stands for column j of each input. */
const back: NonNullable<ColumnTrace["backward"]> = (columns, widths) => widths.map(() => columns);

/** Of a layer that gives each column on by itself, 0 as 0. */
export const sameColumns: ColumnTrace = { forward: ([columns]) => columns, backward: back };

/** Of one that gives each column on, but 0 as something else, or weighed against the others. */
export const sameOutputs: ColumnTrace = { backward: back };
