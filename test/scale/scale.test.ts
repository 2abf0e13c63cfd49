import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Broker, broker } from "../../examples/scale/broker.ts";
import { decodeFlights, encodeFlights, type FlightEvent } from "../../examples/scale/flightEvent.ts";
import { learnedIds } from "../../examples/scale/learnedIds.ts";
import { optionsOf } from "../../examples/scale/options.ts";
import { flightEvents, inMessages, subjectOf } from "../../examples/scale/parts.ts";
import { runAlone, runWorkers } from "../../examples/scale/speed.ts";
import { survive } from "../../examples/scale/survival.ts";
import { random } from "../../src/math/random.ts";
import { hasNatsServer } from "../support/natsServer.ts";
import { needs } from "../support/needs.ts";

const folder = mkdtempSync(join(tmpdir(), "rxgrad-scale-test-"));
let flights: readonly FlightEvent[] = [];
let heldOut: readonly FlightEvent[] = [];
let server: Broker | undefined;

const setting = { folder, seed: 1, events: 4000, progress: () => {} };

beforeAll(async () => {
  ({ learned: flights, heldOut } = await flightEvents(setting.events, 500, setting.seed));
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it("learnedIds() counts what was learned, and what was learned again, as a set does", () => {
  const rng = random(5);
  const fold = learnedIds<{ readonly id: number }>();
  for (let trial = 0; trial < 200; trial++) {
    const seen = new Set<number>();
    let again = 0;
    let state = fold.init();
    for (let shard = 0; shard < 1 + rng.below(6); shard++) {
      const start = rng.below(40);
      const events = Array.from({ length: rng.below(30) }, (_, i) => ({
        id: rng.below(3) === 0 ? rng.below(60) : start + i,
      }));
      for (const { id } of events) {
        if (seen.has(id)) again++;
        seen.add(id);
      }
      const own = fold.step(fold.init(), events);
      state = rng.below(2) === 0 ? fold.merge(state, own) : fold.step(state, events);
    }
    expect(fold.read(state)).toEqual({ events: seen.size, again });
  }
});

it("encodeFlights() writes what decodeFlights() reads, and messages hold flights of one part in order", () => {
  const messages = inMessages(flights, 32);
  expect(messages.flat()).toHaveLength(flights.length);
  expect(new Set(messages.flat().map(({ id }) => id)).size).toBe(flights.length);
  for (const message of messages) {
    expect(decodeFlights(encodeFlights(message))).toEqual(message);
    expect(new Set(message.map((one) => subjectOf([one]))).size).toBe(1);
    expect(message.map(({ id }) => id)).toEqual(message.map((_, i) => message[0]!.id + i));
  }
  expect(() => decodeFlights(new Uint8Array(17))).toThrow("18 bytes each, got 17");
});

it("optionsOf() reads what npm run scale is told, and refuses the rest", () => {
  expect(optionsOf(["--workers", "1,3", "--kills", "0"])).toMatchObject({
    workers: [1, 3],
    kills: 0,
    seed: 1,
  });
  expect(optionsOf(["--help"])).toBeUndefined();
  expect(() => optionsOf(["--workers", "1,x"])).toThrow(
    "--workers expects a whole number of at least 1, got x",
  );
  expect(() => optionsOf(["--often"])).toThrow("--often");
});

it("workers of npm run scale learn each flight once, compressed too, about as well as one process alone", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  server = await broker(32);
  await server.publish(flights);
  const alone = await runAlone({ ...setting, heldOut });
  const two = await runWorkers(server, { ...setting, heldOut, compress: "int8" }, 2, "two");
  expect(two).toMatchObject({ workers: 2, lost: 0, again: 0, equal: true });
  expect(two.heldOut).toBeLessThan(1.2 * alone.heldOut);
});

it("workers of npm run scale lose nothing and learn nothing twice while they and the server are killed", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const own = await broker(32);
  try {
    const plan = { kills: 3, serverKills: 1, workers: 2, flights, ahead: 4000 };
    const survived = await survive(own, { ...setting, heldOut }, plan);
    expect(survived).toMatchObject({ lost: 0, again: 0, equal: true, kills: 3, serverKills: 1 });
    expect(survived.events).toBeGreaterThan(4000);
  } finally {
    await own.stop();
  }
});
