import { expect, it } from "vitest";
import { steadyScheduler } from "../../src/scale/steadyScheduler.ts";

it("steadyScheduler has a time that goes on when somebody sets the clock", () => {
  const { now } = Date;
  const before = steadyScheduler.now();
  try {
    for (const hours of [-1, 1]) {
      Date.now = () => now() + hours * 3_600_000;
      const after = steadyScheduler.now();
      expect(after).toBeGreaterThanOrEqual(before);
      expect(after - before).toBeLessThan(1_800_000);
    }
  } finally {
    Date.now = now;
  }
});
