/** What a worker has measured in a round, in milliseconds. */
export interface Times {
  /** Of one step of learning. */
  readonly step: number;
  /** Of telling the others of it and taking in what they tell, without waiting for them. */
  readonly exchange: number;
}

/** The part of the time that exchanges may take, and how many steps there are in a round at most. */
const share = 0.06;
const most = 65_536;

/**
 * How many steps the next round has, so that the exchange takes {@link share} of the time of the worker for which it takes most: at most
 * twice as many as before, and at least half as many.
 */
export const stepsPerRound = (before: number, measured: readonly Times[]): number => {
  const wanted = measured
    .filter(({ step, exchange }) => step > 0 && exchange > 0)
    .map(({ step, exchange }) => (exchange * (1 / share - 1)) / step);
  if (wanted.length === 0) return before;
  const next = Math.ceil(Math.max(...wanted));
  return Math.max(1, Math.floor(before / 2), Math.min(most, 2 * before, next));
};
