import type { PrequentialStep, Sample, SavedModels, Stateful } from "rxgrad";
import type { Observable } from "rxjs";

export type Setting = Readonly<Record<"layers" | "rules" | "scalers" | "memories" | "detectors", string>> & {
  /** "plain" in files from before there were others. */
  readonly ways?: string;
};
type Step = PrequentialStep<Record<string, never>>;

export declare const rowsOfBatch: number;
export declare const pairwise: (seed?: number) => Setting[];
export declare const sampleAt: (i: number) => Sample & { readonly time: number };
export declare const training: (setting: Setting) => {
  readonly net: SavedModels;
  readonly parts: Readonly<Record<string, Stateful>>;
  steps(samples$: Observable<Sample>): Observable<Step>;
};
export declare const lineOf: (index: number, step: Step) => string;
