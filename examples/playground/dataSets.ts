import type { Random } from "rxgrad";
import type { Settings } from "./settings.ts";

/** Where a point lies, and what is to be said of it: 0 or 1, or a number from −1 to 1. */
export interface Point {
  readonly x: readonly [number, number];
  readonly y: number;
}

export interface DataSet {
  readonly task: "classes" | "numbers";
  /** The next point, `noise` away from where it belongs. */
  draw(rng: Random, noise: number): Point;
}

/** Points lie between −extent and extent, nearly all of them. */
export const extent = 2.6;

const { PI, cos, sin, sqrt } = Math;

const near = (rng: Random, a: number, b: number, noise: number): readonly [number, number] => [
  a + noise * rng.normal(),
  b + noise * rng.normal(),
];
const anywhere = (rng: Random): readonly [number, number] => [
  4.4 * rng.uniform() - 2.2,
  4.4 * rng.uniform() - 2.2,
];
const classes = (draw: DataSet["draw"]): DataSet => ({ task: "classes", draw });
const numbers = (f: (a: number, b: number) => number): DataSet => ({
  task: "numbers",
  draw: (rng, noise) => {
    const x = anywhere(rng);
    return { x, y: f(...x) + 0.5 * noise * rng.normal() };
  },
});

export const dataSets: Readonly<Record<Settings["data"], DataSet>> = {
  moons: classes((rng, noise) => {
    const y = rng.below(2);
    const t = PI * rng.uniform();
    const [a, b] = y === 0 ? [cos(t), sin(t)] : [1 - cos(t), 0.5 - sin(t)];
    return { x: near(rng, 1.5 * (a - 0.5), 1.5 * (b - 0.25), 1.5 * noise), y };
  }),
  circles: classes((rng, noise) => {
    const y = rng.below(2);
    const r = y === 1 ? 0.9 * sqrt(rng.uniform()) : 1.5 + 0.6 * rng.uniform();
    const t = 2 * PI * rng.uniform();
    return { x: near(rng, r * cos(t), r * sin(t), noise), y };
  }),
  xor: classes((rng, noise) => {
    const apart = (v: number): number => v + 0.15 * Math.sign(v);
    const [a, b] = anywhere(rng).map((v) => apart(0.9 * v)) as [number, number];
    return { x: near(rng, a, b, noise), y: Number(a * b < 0) };
  }),
  spirals: classes((rng, noise) => {
    const y = rng.below(2);
    const s = sqrt(rng.uniform());
    const t = 1.5 * 2 * PI * s * 0.85 + y * PI;
    return { x: near(rng, 2.2 * s * sin(t), 2.2 * s * cos(t), 0.5 * noise), y };
  }),
  blobs: classes((rng, noise) => {
    const y = rng.below(2);
    const at = y === 1 ? 1 : -1;
    return { x: near(rng, at, 0.7 * at, 0.35 + noise), y };
  }),
  plane: numbers((a, b) => (a + b) / 4.4),
  hills: numbers((a, b) => sin(1.4 * a) * cos(1.1 * b)),
};
