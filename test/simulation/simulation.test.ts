import { expect, it } from "vitest";
import { stepsPerRound } from "../../src/scale/stepsPerRound.ts";
import { costsOf, dataCentre, measured } from "./constants.ts";
import type { Costs, Scenario, Site } from "./scenario.ts";
import { simulate } from "./simulation.ts";

/** A millisecond a step, and nothing else. */
const free: Costs = {
  ...{ step: 1, tail: [[1, 1]], event: 0, write: 0, read: 0, close: 0, begin: 0, bytes: 0, blob: false },
  snapshot: { bytes: 0, write: 0 },
};
const ideal: Site = {
  ...{ latency: 0, jitter: 0, straggling: 0, serverCores: 8 },
  ...{ serverWire: Number.POSITIVE_INFINITY, workerWire: Number.POSITIVE_INFINITY },
  server: { store: 0, storeByte: 0, deliver: 0, deliverByte: 0, event: 0, eventBytes: 0 },
};
const base: Scenario = { workers: 1, partitions: 12, costs: free, site: ideal, every: 100 };
const real = { costs: costsOf(measured(), 100_000, "none"), site: dataCentre(measured()) };

it("simulate() gives N workers exactly N times the throughput when nothing costs anything but steps, until partitions run out", () => {
  for (const workers of [1, 2, 3, 4, 6, 12, 24])
    expect(simulate({ ...base, workers }).speedup).toBeCloseTo(Math.min(workers, 12), 6);
});

it("simulate() agrees with Tc / (Tc + N·t) where each round takes Tc, and each of N messages takes t to be read", () => {
  for (const workers of [1, 2, 4, 8])
    for (const read of [0.5, 2, 10]) {
      const { speedup } = simulate({ ...base, workers, costs: { ...free, read } });
      expect(speedup / workers).toBeCloseTo(100 / (100 + workers * read), 3);
    }
});

it("simulate() is bound by the server's wire when it has to carry N messages to N workers", () => {
  const site = { ...ideal, serverWire: 1000 };
  const costs = { ...free, bytes: 10_000 };
  const { speedup, wire } = simulate({ ...base, workers: 10, partitions: 10, costs, site });
  expect(wire).toBeGreaterThan(0.85); // 100 copies of 10 ms in a round of a second and more
  expect(speedup).toBeLessThan(1.05);
});

it("simulate() learns every event once, and no other: all that were offered when they end, with deaths and without", () => {
  for (const failures of [undefined, { perHour: 20_000, back: 300 }])
    for (const staleness of [0, 2]) {
      const some: Scenario = { ...base, ...real, workers: 5, events: 20_000, staleness, timeout: 500 };
      const whole = { ...some, rounds: 1e6, warm: 0 };
      const outcome = simulate(failures ? { ...whole, failures } : whole);
      expect(outcome.samples).toBe(12 * 20_000);
      expect(outcome.positions).toBe(12 * 20_000);
      if (failures) expect(outcome.deaths).toBeGreaterThan(3);
    }
});

it("simulate() commits exactly as many events as positions say, in the middle of endless ones", () => {
  const { samples, positions, rounds } = simulate({ ...base, ...real, workers: 7, every: "auto" });
  expect(samples).toBe(positions);
  expect(rounds).toBe(18);
});

it("simulate() gives the same outcome for the same seed, and another for another", () => {
  const one: Scenario = { ...base, ...real, workers: 4, every: "auto" };
  expect(simulate(one)).toEqual(simulate(one));
  expect(simulate({ ...one, seed: 2 }).time).not.toBe(simulate(one).time);
});

it("simulate() learns no faster when latency, messages, reading or stragglers grow", () => {
  const grow = (change: (k: number) => Scenario): void => {
    const speeds = [0, 1, 4, 16].map((k) => simulate(change(k)).speedup);
    for (let i = 1; i < speeds.length; i++) expect(speeds[i]).toBeLessThan(speeds[i - 1]!);
  };
  const four: Scenario = { ...base, workers: 4 };
  grow((k) => ({ ...four, site: { ...ideal, latency: k } }));
  grow((k) => ({ ...four, site: { ...ideal, serverWire: 1e4 }, costs: { ...free, bytes: 1e4 * k } }));
  grow((k) => ({ ...four, costs: { ...free, read: k } }));
  grow((k) => ({ ...four, site: { ...ideal, straggling: k / 16 }, rounds: 60 }));
});

it("simulate() finds the H that stepsPerRound asks for", () => {
  const costs = { ...free, read: 3 };
  const { steps } = simulate({ ...base, workers: 4, costs, every: "auto" });
  const asked = stepsPerRound(steps, [{ step: 1, exchange: 12 }]);
  expect(steps).toBeGreaterThan(0.5 * asked);
  expect(steps).toBeLessThanOrEqual(1.1 * asked);
});

it("simulate() loses to a death what its timeout says, and takes back who comes again", () => {
  const five: Scenario = { ...base, workers: 5, timeout: 200, every: 100, warm: 0, rounds: 300 };
  const calm = simulate(five);
  const dying = simulate({ ...five, failures: { perHour: 300, back: 2_000 } });
  expect(dying.deaths).toBeGreaterThan(5);
  expect(dying.throughput).toBeLessThan(calm.throughput);
  expect(dying.throughput).toBeGreaterThan(0.5 * calm.throughput);
});

it("simulate() lets a timeout that is shorter than a round remove those who work, when somebody else has nothing to do", () => {
  const idle: Scenario = { ...base, workers: 3, partitions: 2, warm: 0, rounds: 20, limit: 60_000 };
  expect(simulate({ ...idle, timeout: 150 }).speedup).toBeCloseTo(2, 6);
  expect(simulate({ ...idle, timeout: 50 }).speedup).toBeLessThan(1.5);
  expect(simulate({ ...idle, timeout: 50, workers: 2 }).speedup).toBeCloseTo(2, 6);
});
