import type { Matrix } from "../math/matrix.ts";
import type { Renewal } from "./renewal.ts";

/** One minibatch: n examples as matrices, a row each. */
export interface Batch {
  /** n × k inputs. */
  readonly x: Matrix;
  /** n × m targets: values, one-hot rows, or class indices. */
  readonly y: Matrix;
  /** n × 1: what each row counts for; 1 without it. */
  readonly weight?: Matrix;
  /** The new rows alone, which are the first; those below are replayed: learned, and not scored. All are new without it. */
  readonly fresh?: Batch;
  /** What got another meaning with these rows: it is forgotten before they are learned, and even if they are refused. */
  readonly renewed?: Renewal;
}
