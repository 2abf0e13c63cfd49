/** How it went between two drawings. */
export interface Moment {
  /** How many samples had come by then. */
  readonly at: number;
  readonly loss: number;
  readonly score: number;
}

/** Something that happened at a sample: the truth changed, or the detector noticed. */
export interface Mark {
  readonly at: number;
  readonly kind: "drift" | "alarm";
}

/** The last moments, a bounded number of them, and the marks among them. */
export interface History {
  readonly moments: readonly Moment[];
  readonly marks: readonly Mark[];
  add(at: number, loss: number, score: number): void;
  mark(mark: Mark): void;
  /** What was added since the last time becomes one moment. */
  tick(): void;
}

export const history = (most = 600): History => {
  const moments: Moment[] = [];
  const marks: Mark[] = [];
  let sum = 0;
  let count = 0;
  let last: Moment | undefined;
  return {
    moments,
    marks,
    add: (at, loss, score) => {
      sum += loss;
      count++;
      last = { at, loss, score };
    },
    mark: (mark) => void marks.push(mark),
    tick: () => {
      if (count === 0 || !last) return;
      moments.push({ ...last, loss: sum / count });
      [sum, count] = [0, 0];
      if (moments.length > most) moments.shift();
      while (marks.length > 0 && marks[0]!.at < moments[0]!.at) marks.shift();
    },
  };
};

/** Where on the axis from 0 to 1 a sample lies, moments being equally far apart. */
export const placeOf = (moments: readonly Moment[], at: number): number => {
  const found = moments.findIndex((moment) => moment.at >= at);
  if (found <= 0) return found === 0 ? 0 : 1;
  const [before, after] = [moments[found - 1]!.at, moments[found]!.at];
  return (found - 1 + (at - before) / (after - before)) / (moments.length - 1);
};
