/** A stream of seeded random numbers; its whole state is four integers, so it can be saved and resumed. */
export interface Random {
  /** The state, live: xoshiro128** with four 32-bit words. */
  readonly state: Uint32Array;
  /** A number in [0, 1), with 53 random bits. */
  uniform(): number;
  /** A number from the standard normal distribution. */
  normal(): number;
  /** An integer in 0 … n − 1. */
  below(n: number): number;
  /** The array itself, its items in random order. */
  shuffle<T>(items: T[]): T[];
}

const splitmix32 = (seed: number) => {
  let h = seed | 0;
  return () => {
    h = (h + 0x9e3779b9) | 0;
    let z = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
};

/** The same seed gives the same numbers, everywhere (Blackman & Vigna, 2018: xoshiro128**; seeded by splitmix32). */
export const random = (seed: number, stream = 0): Random => {
  const mix = splitmix32((seed ^ Math.imul(stream + 1, 0x85ebca6b)) | 0);
  return randomFrom(Uint32Array.from([mix(), mix(), mix(), mix() | 1]));
};

/** The random numbers that go on from a state, which they advance in place. */
export const randomFrom = (state: Uint32Array): Random => {
  const next = () => {
    const [s0, s1, s2, s3] = state as unknown as [number, number, number, number];
    const x = Math.imul(s1, 5);
    const t = s1 << 9;
    const z2 = s2 ^ s0;
    const z3 = s3 ^ s1;
    state[1] = s1 ^ z2;
    state[0] = s0 ^ z3;
    state[2] = z2 ^ t;
    state[3] = (z3 << 11) | (z3 >>> 21);
    return Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
  };
  const uniform = () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;
  const below = (n: number) => Math.floor(uniform() * n);
  return {
    state,
    uniform,
    below,
    // Marsaglia & Bray, 1964; the second number of the pair is dropped so that the state is all there is
    normal: () => {
      for (;;) {
        const u = 2 * uniform() - 1;
        const v = 2 * uniform() - 1;
        const s = u * u + v * v;
        if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
      }
    },
    // Fisher & Yates, as Durstenfeld, 1964
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [items[i], items[j]] = [items[j]!, items[i]!];
      }
      return items;
    },
  };
};
