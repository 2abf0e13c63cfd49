import type { Schedule } from "./learningRate.ts";

/** A schedule that prints as its own source: `cosine(0.1, { steps: 1000 })`. */
export const defineSchedule = (source: string, rate: Schedule): Schedule =>
  Object.defineProperty((step: number) => rate(step), "name", { value: source });
