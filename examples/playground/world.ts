import { random, type Sample } from "rxgrad";
import { dataSets, type Point } from "./dataSets.ts";
import type { Settings } from "./settings.ts";

/** How the truth lies just now: turned by an angle, moved aside, with labels the right way round or not. */
interface Concept {
  readonly angle: number;
  readonly aside: number;
  readonly turned: boolean;
}

/** Where the samples come from, one after the other, without end. It may change. */
export interface World {
  next(noise: number): Sample & Point;
  /** From now on, or bit by bit over so many samples, the truth is another. */
  drift(kind: Settings["drift"], over: number): void;
}

const changed: Readonly<Record<Settings["drift"], (before: Concept) => Concept>> = {
  labels: (before) => ({ ...before, turned: !before.turned }),
  rotation: (before) => ({ ...before, angle: before.angle + Math.PI / 3 }),
  shift: (before) => ({ ...before, aside: before.aside === 0 ? 1 : 0 }),
};

/** The same seed, the same drifts at the same samples: the same stream. */
export const world = (data: Settings["data"], seed: number): World => {
  const rng = random(seed, 1);
  let from: Concept = { angle: 0, aside: 0, turned: false };
  let to = from;
  let [age, over] = [0, 0];
  const mixed = (a: number, b: number): number => a + (over === 0 ? 1 : Math.min(1, age / over)) * (b - a);
  return {
    next: (noise) => {
      const { task, draw } = dataSets[data];
      const { x, y } = draw(rng, noise);
      const turned = rng.uniform() < mixed(0, 1) ? to.turned : from.turned;
      const [angle, aside] = [mixed(from.angle, to.angle), mixed(from.aside, to.aside)];
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      age++;
      const flipped = task === "classes" ? 1 - y : -y;
      return {
        x: [c * x[0] - s * x[1] + 0.6 * aside, s * x[0] + c * x[1] - 0.8 * aside],
        y: turned ? flipped : y,
      };
    },
    drift: (kind, samples) => {
      from = {
        angle: mixed(from.angle, to.angle),
        aside: mixed(from.aside, to.aside),
        turned: to.turned,
      };
      to = changed[kind](to);
      [age, over] = [0, samples];
    },
  };
};
