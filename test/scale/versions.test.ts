import { lastValueFrom, Subject } from "rxjs";
import { expect, it } from "vitest";
import { mean } from "../../src/folds/mean.ts";
import { model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { learnFrom } from "../../src/scale/learnFrom.ts";
import { memoryLog } from "../../src/scale/memoryLog.ts";
import { published, versionPointer } from "../../src/scale/snapshots.ts";
import type { UpdateLog } from "../../src/scale/updateLog.ts";
import { type Version, type VersionsOptions, versions } from "../../src/scale/versions.ts";
import { quarantine } from "../../src/streams/quarantine.ts";
import { arrayInput, type Event, eventsOf } from "./arrays.ts";

const net = (seed = 1) => model(chain(dense(3, 4), dense(4, 1)), { seed });
const garbage = new TextEncoder().encode("garbage");

/** A log with a last version, and the one before. */
const learned = async (plan = net()) => {
  const log = memoryLog();
  await lastValueFrom(
    learnFrom(arrayInput(eventsOf(1, 300)), {
      ...{ log: log.client(), worker: "a", model: plan, loss: meanSquaredError(), optimizer: sgd(0.05) },
      ...{ samples: ({ x, y }: Event) => ({ x, y }), batch: 8, every: 2, snapshotEvery: 4 },
    }),
  );
  const { value, revision } = (await log.getPointer(versionPointer))!;
  return { log, value, version: published("test", value, revision) };
};

const setPointer = async (log: UpdateLog, value: string): Promise<void> => {
  await log.setPointer(versionPointer, value, (await log.getPointer(versionPointer))?.revision ?? 0);
};

/** A service that follows; `heard` is told of each version and each refusal in turn. */
const serviceOf = (log: UpdateLog, serving = net(5), options: Partial<VersionsOptions> = {}) => {
  const told: string[] = [];
  const more = new Subject<void>();
  const tell = (what: string): void => {
    told.push(what);
    more.next();
  };
  const bad = quarantine();
  const subscription = versions(log, serving, {
    ...options,
    rejected: (pointer, reason) => {
      bad.put(pointer, reason);
      tell(reason.message);
    },
  }).subscribe({
    next: ({ round }: Version) => tell(`round ${round}`),
    error: (error: Error) => tell(`error: ${error.message}`),
  });
  return {
    told,
    bad,
    weights: () => Array.from(serving.weights.values.data),
    stop: () => subscription.unsubscribe(),
    until: async (count: number): Promise<readonly string[]> => {
      while (told.length < count)
        await new Promise<void>((resolve) => {
          const one = more.subscribe(() => {
            one.unsubscribe();
            resolve();
          });
        });
      return told;
    },
  };
};

it("versions() tells of a pointer that leads to no version, serves what it has, and goes on with the next", async () => {
  const { log, value, version } = await learned();
  const service = serviceOf(log.client());
  await service.until(1);
  const before = service.weights();
  const missing = JSON.stringify({ hash: "0".repeat(64), sequence: 1e9, round: 1e9 });
  const wrong = ["garbage", "", "null", '{"hash":1}', missing];
  for (const [i, pointer] of wrong.entries()) {
    await setPointer(log, pointer);
    await service.until(2 + i);
  }
  expect(service.weights()).toEqual(before);
  await setPointer(log, value);
  expect(await service.until(2 + wrong.length)).toEqual([
    `round ${version.round}`,
    ...wrong
      .slice(0, -1)
      .map(
        (pointer) =>
          `versions() expects a hash, a sequence and a round in the pointer "version", got ${JSON.stringify(pointer)}`,
      ),
    `versions() expects a snapshot with the hash ${"0".repeat(64)}, got none`,
    `round ${version.round}`,
  ]);
  expect(service.bad.counts().total).toBe(wrong.length);
  service.stop();
});

it("versions() begins with the next version, or the one before, when the first pointer is none or leads to none", async () => {
  for (const damage of ["changed", "gone", "pointer"] as const) {
    const { log, value, version } = await learned();
    const { hash, previous } = version;
    if (damage === "changed") await log.putBlob(hash, garbage);
    if (damage === "gone") await log.deleteBlob(hash);
    if (damage === "pointer") await setPointer(log, "garbage");
    const service = serviceOf(log.client());
    const [, second] = await service.until(damage === "pointer" ? 1 : 2);
    if (damage === "pointer") {
      await setPointer(log, value);
      expect((await service.until(2))[1]).toBe(`round ${version.round}`);
    } else expect(second).toBe(`round ${previous!.round}`);
    service.stop();
  }
});

it("versions() does not go back to the version before when the current one is damaged", async () => {
  const { log, version } = await learned();
  const service = serviceOf(log.client());
  await service.until(1);
  const before = service.weights();
  await log.deleteBlob(version.hash);
  const { value } = (await log.getPointer(versionPointer))!;
  await setPointer(log, value);
  await service.until(2);
  await setPointer(log, "garbage");
  expect((await service.until(3)).filter((one) => one.startsWith("round"))).toHaveLength(1);
  expect(service.weights()).toEqual(before);
  service.stop();
});

it("versions() passes over a version that has gone because a newer one has come", async () => {
  const { log, value, version } = await learned();
  const current = (await log.getBlob(version.hash))!;
  const client = log.client();
  let meanwhile = async (): Promise<void> => {
    await setPointer(log, value); // the next one, which has the blob again
    await log.putBlob(version.hash, current);
  };
  await log.deleteBlob(version.hash);
  const service = serviceOf({
    ...client,
    getBlob: async (name) => {
      const bytes = await client.getBlob(name);
      await meanwhile();
      meanwhile = async () => {};
      return bytes;
    },
  });
  expect(await service.until(1)).toEqual([`round ${version.round}`]);
  service.stop();
});

it("versions() ends with an error when the first version is of another plan, and refuses a later one", async () => {
  const { log, version } = await learned();
  const other = await learned(model(chain(dense(3, 2), dense(2, 1)), { seed: 1 }));
  const wrong = serviceOf(other.log);
  expect((await wrong.until(1))[0]).toMatch(/^error: versions\(\) expects chain\(dense\(3, 4\)/);
  const folds = serviceOf(log.client(), net(), { statistics: { mean: mean() } });
  expect((await folds.until(1))[0]).toMatch(/^error: versions\(\) expects one of the workers' statistics/);
  const service = serviceOf(log.client());
  await service.until(1);
  const before = service.weights();
  await log.putBlob(other.version.hash, (await other.log.getBlob(other.version.hash))!);
  await setPointer(log, other.value);
  expect((await service.until(2))[1]).toMatch(/^versions\(\) expects chain\(dense\(3, 4\)/);
  expect(service.weights()).toEqual(before);
  expect(service.told[0]).toBe(`round ${version.round}`);
  service.stop();
});

it("versions() refuses what is no function as rejected", () => {
  expect(() => versions(memoryLog(), net(), { rejected: 1 as never })).toThrow("a function as rejected");
});
