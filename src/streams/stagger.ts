import {
  concept,
  inTurns,
  type Pullable,
  type SyntheticOptions,
  type SyntheticSample,
  synthetic,
} from "./synthetic.ts";

export interface StaggerOptions extends SyntheticOptions {
  /** As many of each class, in turns. */
  readonly balanced?: boolean;
}

const rules = [
  (size: number, color: number, _shape: number) => size === 0 && color === 0,
  (_size: number, color: number, shape: number) => color === 2 || shape === 0,
  (size: number, _color: number, _shape: number) => size > 0,
];

/**
 * The STAGGER concepts (Schlimmer & Granger, Machine Learning 1986): x is a size (0 small, 1 medium, 2 large), a color
 * (0 red, 1 blue, 2 green) and a shape (0 circle, 1 square, 2 triangle); y is 1 for what is, in concept 0, small and red;
 * in 1, green or a circle; in 2, medium or large.
 * @throws InvalidInputError on a concept or options out of range.
 */
export const stagger = (
  which = 0,
  { balanced = false, ...options }: StaggerOptions = {},
): Pullable<SyntheticSample> => {
  const actor = "stagger()";
  const rule = concept(actor, rules, which);
  return synthetic(actor, ["balanced"], options, (rng) => {
    const next = () => {
      const [size, color, shape] = [rng.below(3), rng.below(3), rng.below(3)];
      return { x: [size, color, shape], y: Number(rule(size, color, shape)) };
    };
    return balanced ? inTurns(next) : next;
  });
};
