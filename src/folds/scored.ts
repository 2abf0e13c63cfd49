import type { Matrix } from "../math/matrix.ts";

/** A prediction beside what came true: what metrics fold. The steps of `prequential` have these fields. */
export interface Scored {
  /** n × m. */
  readonly prediction: Matrix;
  /** n × m; for classes also n × 1 class indices. */
  readonly target: Matrix;
  /** n × 1: what each row counts for; 1 without it. */
  readonly weight?: Matrix;
}
