import { expect, it } from "vitest";
import { costsOf, measured, oneMachine } from "./constants.ts";
import { simulate } from "./simulation.ts";

/** How far predictions may be off, as a part of what was measured. */
const tolerance = 0.2;
const constants = measured();
const { runs, partitions } = constants.workers;

it.each([1, 2, 4])(
  "simulate() predicts the throughput that %i real workers had, within a fifth",
  (workers) => {
    const ratios = runs
      .filter((run) => run.workers === workers)
      .map(({ throughput, others }) => {
        const site = oneMachine(constants, others);
        return (
          simulate({ workers, partitions, costs: costsOf(constants, 94_941, "none"), site }).throughput /
          throughput
        );
      })
      .sort((a, b) => a - b);
    expect(ratios.length).toBeGreaterThan(0);
    const median = ratios[Math.floor(ratios.length / 2)]!;
    expect(Math.abs(median - 1)).toBeLessThan(tolerance);
  },
);
