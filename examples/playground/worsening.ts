import type { DriftReading, Fold } from "rxgrad";

interface Worsening<State> {
  readonly inner: State;
  readonly worse: boolean;
}

/** A detector that is silent about changes to the better: learning itself is one. */
export const worsening = <State>(
  detector: Fold<number, DriftReading, State>,
): Fold<number, DriftReading, Worsening<State>> => ({
  init: () => ({ inner: detector.init(), worse: false }),
  step: ({ inner }, error) => {
    const before = detector.read(inner).estimate;
    const after = detector.step(inner, error);
    return { inner: after, worse: detector.read(after).estimate > before };
  },
  read: ({ inner, worse }) => {
    const reading = detector.read(inner);
    return { ...reading, drift: reading.drift && worse };
  },
});
