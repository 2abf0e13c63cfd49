import { invalid, knownOptions } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Random } from "../math/random.ts";
import { defineMemory, type MemoryOptions, type MemoryState } from "./defineMemory.ts";
import type { Memory } from "./memory.ts";
import { sourceOf } from "./sourceOf.ts";

export interface ClassBalancedState extends MemoryState {
  readonly classes: KeptClass[];
}

interface KeptClass {
  readonly label: number;
  /** nᶜ: rows of it that came so far. */
  seen: number;
  /** It is, or was, as large as any since all slots were taken. */
  full: boolean;
  /** Where its rows are: mᶜ of them. */
  readonly slots: number[];
}

/**
 * Keeps every class as well as it can: a row of a class that never was the largest takes the place of one of the
 * largest; of any other class the rows are a uniform sample (Chrysakis & Moens, 2020: CBRS). So a class that is rare, or
 * over, stays. Targets are one-hot rows (the first largest column counts) or n × 1 class indices. O(classes) a row.
 * @throws InvalidInputError when the capacity is not a whole number of at least 1, and for a target that is no class.
 */
export const classBalancedReservoir = (
  capacity: number,
  options: MemoryOptions = {},
): Memory<ClassBalancedState> => {
  knownOptions("classBalancedReservoir()", options, ["seed"]);
  const { seed = 0 } = options;
  const source = sourceOf("classBalancedReservoir", capacity, options);
  return defineMemory<{ readonly classes: KeptClass[] }>({
    source,
    capacity,
    seed,
    own: () => ({ classes: [] }),
    slotFor: ({ kept, classes }, rng, { y }, i) => {
      const c = classOf(classes, labelOf(source, y, i));
      c.seen++;
      if (kept.length < capacity) {
        c.slots.push(kept.length);
        return kept.length;
      }
      const largest = largestOf(classes);
      for (const one of largest) one.full = true;
      if (!c.full) {
        const slot = takeFrom(largest, rng);
        c.slots.push(slot);
        return slot;
      }
      const [m, n] = [c.slots.length, c.seen];
      return rng.uniform() <= m / n && m > 0 ? c.slots[rng.below(m)]! : -1;
    },
  });
};

const labelOf = (source: string, { cols, data }: Matrix, i: number): number => {
  if (cols === 1) {
    if (Number.isInteger(data[i])) return data[i]!;
    throw invalid(source, "targets that are classes", `${data[i]} in row ${i}`);
  }
  let best = 0;
  for (let j = 1; j < cols; j++) if (data[i * cols + j]! > data[i * cols + best]!) best = j;
  return best;
};

const classOf = (classes: KeptClass[], label: number): KeptClass => {
  const known = classes.find((one) => one.label === label);
  if (known) return known;
  const fresh = { label, seen: 0, full: false, slots: [] };
  classes.push(fresh);
  return fresh;
};

const largestOf = (classes: readonly KeptClass[]): readonly KeptClass[] => {
  const most = Math.max(...classes.map(({ slots }) => slots.length));
  return classes.filter(({ slots }) => slots.length === most);
};

/** Takes one of their slots away; all are as likely. */
const takeFrom = (largest: readonly KeptClass[], rng: Random): number => {
  const { slots } = largest[rng.below(largest.length)]!; // they have equally many
  return slots.splice(rng.below(slots.length), 1)[0]!;
};
