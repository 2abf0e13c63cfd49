import { whole } from "../math/invalid.ts";

/** How often a class came, and how often after which; both fade. */
export interface HabitState {
  /** One a class. */
  prior: number[];
  /** Row: the class before; column: the class that came. */
  after: number[][];
}

/** A baseline that knows what usually comes, and what usually comes after what. */
export interface Habit {
  init(): HabitState;
  /** Learns that a class came when `before` was the last one known; −1 for none. */
  step(state: HabitState, before: number, came: number): HabitState;
  /** The probabilities of the first `seen` classes; 0 of the others. */
  read(state: HabitState, before: number, seen: number): Float64Array;
  /** Forgets a class whose index now stands for another. */
  forget(state: HabitState, index: number): void;
}

const [short, long] = [0.995, 0.999];

/** A Markov chain of the first order over `capacity` classes, drawn to their frequencies by one pseudo-count. */
export const habit = (capacity: number): Habit => {
  const k = whole("habit()", "capacity", capacity);
  const none = new Float64Array(k);
  const nothing = () => new Array<number>(k).fill(0);
  return {
    init: () => ({ prior: nothing(), after: Array.from({ length: k }, nothing) }),
    step: (state, before, came) => {
      const { prior } = state;
      const row = state.after[before];
      for (let j = 0; j < k; j++) prior[j]! *= long;
      prior[came]!++;
      if (!row) return state;
      for (let j = 0; j < k; j++) row[j]! *= short;
      row[came]!++;
      return state;
    },
    read: ({ prior, after }, before, seen) => {
      const row = after[before] ?? none;
      const all = sumOf(prior) + 0.5 * seen;
      const turns = sumOf(row) + 1;
      const p = new Float64Array(k);
      for (let j = 0; j < seen; j++) p[j] = (row[j]! + (prior[j]! + 0.5) / all) / turns;
      return p;
    },
    forget: ({ prior, after }, index) => {
      prior[index] = 0;
      after[index]!.fill(0);
      for (const row of after) row[index] = 0;
    },
  };
};

const sumOf = (of: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < of.length; i++) sum += of[i]!;
  return sum;
};
