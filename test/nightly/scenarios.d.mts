import type { Model, PrequentialStep, Sample, Stateful } from "rxgrad";
import type { Observable } from "rxjs";

export type Setting = Readonly<Record<"layers" | "rules" | "scalers" | "memories" | "detectors", string>>;
type Step = PrequentialStep<Record<string, never>>;

export declare const rowsOfBatch: number;
export declare const pairwise: (seed?: number) => Setting[];
export declare const sampleAt: (i: number) => Sample;
export declare const training: (setting: Setting) => {
  readonly net: Model;
  readonly parts: Readonly<Record<string, Stateful>>;
  steps(samples$: Observable<Sample>): Observable<Step>;
};
export declare const lineOf: (index: number, step: Step) => string;
