import { finite, invalid, whole } from "../math/invalid.ts";
import { type Random, random } from "../math/random.ts";
import { type Pullable, type SyntheticOptions, type SyntheticSample, synthetic } from "./synthetic.ts";

export interface RandomRbfOptions extends SyntheticOptions {
  readonly classes?: number;
  readonly features?: number;
  readonly centroids?: number;
  /** How many of the centroids move; all of them unless told. */
  readonly drifting?: number;
  /** How far each of them moves with each sample. */
  readonly speed?: number;
  /** Makes the centroids; `seed` unless told. Another one is another concept. */
  readonly modelSeed?: number;
}

interface Centroid {
  readonly center: number[];
  readonly velocity: number[];
  readonly y: number;
  readonly deviation: number;
  readonly weight: number;
}

/**
 * Random radial basis functions (Bifet et al., MOA, 2010): centroids at random places of the unit cube, each with a class,
 * a weight and a spread. A sample lies in a random direction from one of them, at a normally distributed distance. With a
 * `speed` they move, and turn back at the walls.
 * @throws InvalidInputError on options out of range.
 */
export const randomRbf = ({
  classes = 2,
  features = 10,
  centroids = 50,
  drifting = centroids,
  speed = 0,
  modelSeed,
  ...options
}: RandomRbfOptions = {}): Pullable<SyntheticSample> => {
  const actor = "randomRbf()";
  whole(actor, "classes", classes);
  whole(actor, "features", features);
  whole(actor, "centroids", centroids);
  whole(actor, "drifting", drifting, 0);
  if (drifting > centroids) throw invalid(actor, `at most ${centroids} as drifting`, `${drifting}`);
  finite(actor, "speed", speed, { min: 0, max: 1 });
  if (modelSeed !== undefined) finite(actor, "modelSeed", modelSeed);
  return synthetic(
    actor,
    ["classes", "features", "centroids", "drifting", "speed", "modelSeed"],
    options,
    (rng) => {
      const model = random(modelSeed ?? options.seed ?? 0, 1);
      const all = Array.from({ length: centroids }, () => centroid(model, classes, features));
      const bounds = all.map((_, i) => all.slice(0, i + 1).reduce((sum, { weight }) => sum + weight, 0));
      return () => {
        for (const moving of all.slice(0, drifting)) move(moving, speed);
        const at = rng.uniform() * bounds.at(-1)!;
        const { center, deviation, y } = all[bounds.findIndex((bound) => at < bound)]!;
        const distance = deviation * rng.normal();
        return { x: direction(rng, features).map((d, j) => center[j]! + distance * d), y };
      };
    },
  );
};

const centroid = (rng: Random, classes: number, features: number): Centroid => ({
  center: Array.from({ length: features }, () => rng.uniform()),
  velocity: direction(rng, features),
  y: rng.below(classes),
  deviation: rng.uniform(),
  weight: rng.uniform(),
});

/** A vector of length 1. */
const direction = (rng: Random, features: number): number[] => {
  const v = Array.from({ length: features }, () => 2 * rng.uniform() - 1);
  const length = Math.hypot(...v);
  return length > 0 ? v.map((d) => d / length) : v.map((_, j) => Number(j === 0));
};

const move = ({ center, velocity }: Centroid, speed: number): void => {
  for (let j = 0; j < center.length; j++) {
    const to = center[j]! + speed * velocity[j]!;
    if (to < 0 || to > 1) velocity[j]! *= -1;
    center[j] = Math.min(Math.max(to, 0), 1);
  }
};
