/** The powers of β₁ and β₂, and what a mean that began at 0 is divided by for them at step t. */
interface BiasCorrection {
  numbers: { β1ᵗ: number; β2ᵗ: number };
  changing: { c1: number; c2: number };
  prepare(c: BiasCorrection["changing"], s: BiasCorrection["numbers"]): void;
}

/** The part of a rule that corrects its two moments, which begin at 0: c₁ = 1 − β₁ᵗ and c₂ = 1 − β₂ᵗ (Kingma & Ba, 2015). */
export const biasCorrection = (β1: number, β2: number): BiasCorrection => ({
  numbers: { β1ᵗ: 1, β2ᵗ: 1 },
  changing: { c1: 0, c2: 0 },
  prepare: (c, s) => {
    s.β1ᵗ *= β1;
    s.β2ᵗ *= β2;
    c.c1 = 1 - s.β1ᵗ;
    c.c2 = 1 - s.β2ᵗ;
  },
});
