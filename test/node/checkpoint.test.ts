import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Batch,
  chain,
  dense,
  learner,
  load,
  matrix,
  meanSquaredError,
  model,
  save,
  sgd,
  train,
} from "rxgrad";
import { from, lastValueFrom, NEVER, of, Subject, tap, throwError } from "rxjs";
import { afterAll, expect, it, vi } from "vitest";
import { checkpoint } from "../../src/node/checkpoint.ts";
import type { Written } from "../../src/node/checkpointWriter.ts";
import { resume } from "../../src/node/resume.ts";
import { killing } from "../nightly/killing.mjs";
import { pairwise } from "../nightly/scenarios.mjs";
import { stateOf } from "../support/modelState.ts";

const root = mkdtempSync(join(tmpdir(), "rxgrad-checkpoint-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const places = { count: 0 };
const place = (): string => join(root, String(places.count++), "checkpoints");

const net = () => model(chain(dense(2, 3), dense(3, 1)), { seed: 1 });
const options = { loss: meanSquaredError(), optimizer: sgd(0.01, { momentum: 0.9 }) };
const batch: Batch = { x: matrix([[1, 2], [3, 4]]), y: matrix([[1], [0]]) }; // biome-ignore format: rows
const batches = (n: number): Batch[] => Array.from({ length: n }, () => batch);
const namesIn = (dir: string): string[] => readdirSync(dir).sort();

it("checkpoint() passes steps on, and completes when the last checkpoint is on the disk", async () => {
  const dir = place();
  const one = net();
  const seen: number[] = [];
  const done = new Promise<void>((complete) =>
    from(batches(7))
      .pipe(train(one, options), checkpoint(one, { dir, every: 5, position: (_, count) => ({ count }) }))
      .subscribe({ next: ({ id }) => seen.push(id), complete }),
  );
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]); // none has waited
  await done;
  const saved = resume(dir)!;
  expect(saved.position).toEqual({ count: 7 });
  expect(saved.ignored).toEqual([]);
  const other = net();
  expect(load(other, saved.bytes).position).toEqual({ count: 7 });
  expect(stateOf(other)).toBe(stateOf(one));
  const next = learner(other, options).learnBatch(batch).loss;
  const uninterrupted = await lastValueFrom(from(batches(8)).pipe(train(net(), options)));
  expect(next).toBe(uninterrupted.loss);
});

it("checkpoint() takes its copy before the step goes on", async () => {
  const dir = place();
  const one = net();
  let before = "";
  const steps$ = of(batch).pipe(
    train(one, options),
    tap(() => {
      before = stateOf(one);
    }),
    checkpoint(one, { dir, every: 1 }),
    tap(() => one.parameters[0]!.value.data.fill(9)),
  );
  await lastValueFrom(steps$);
  const other = net();
  load(other, resume(dir)!.bytes);
  expect(stateOf(other)).toBe(before);
  expect(stateOf(one)).not.toBe(before);
});

it("checkpoint() has one write in flight, and the latest copy waits for it", async () => {
  const dir = place();
  const written: Written[] = [];
  const one = net();
  await lastValueFrom(
    from(batches(50)).pipe(
      train(one, options),
      checkpoint(one, {
        dir,
        every: 1,
        position: (_, count) => count,
        written: { next: (checkpoint) => void written.push(checkpoint) },
      }),
    ),
  );
  expect(written.map(({ position }) => position)).toEqual([1, 50]);
  expect(written.map(({ path }) => path)).toEqual(namesIn(dir).map((name) => join(dir, name)));
});

it("checkpoint() keeps the last files and goes on with their numbers", async () => {
  const dir = place();
  const one = net();
  for (let life = 0; life < 4; life++)
    await lastValueFrom(from(batches(1)).pipe(train(one, options), checkpoint(one, { dir, keep: 2 })));
  expect(namesIn(dir)).toEqual([
    "checkpoint-000000000003.safetensors",
    "checkpoint-000000000004.safetensors",
  ]);
});

it("checkpoint() clears away what was cut off, and leaves alone what is not its own", async () => {
  const dir = place();
  mkdirSync(dir, { recursive: true });
  const others = ["checkpoint.txt", "notes.tmp", "checkpoint-1.safetensors"];
  for (const name of [...others, "checkpoint-000000000009.safetensors.tmp"])
    writeFileSync(join(dir, name), "?");
  const one = net();
  await lastValueFrom(from(batches(1)).pipe(train(one, options), checkpoint(one, { dir, keep: 1 })));
  expect(namesIn(dir)).toEqual([...others, "checkpoint-000000000001.safetensors"].sort());
});

it("checkpoint() tells of a file that cannot be written, and training goes on", async () => {
  const dir = place();
  mkdirSync(join(dir, ".."), { recursive: true });
  writeFileSync(dir, "no folder");
  const errors: Error[] = [];
  const one = net();
  const last = await lastValueFrom(
    from(batches(3)).pipe(
      train(one, options),
      checkpoint(one, { dir, every: 2, errors: { next: (error) => void errors.push(error) } }),
    ),
  );
  expect(last.id).toBe(2);
  expect(errors.length).toBeGreaterThan(0);
  expect(errors[0]!.message).toContain("EEXIST");
  const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  await lastValueFrom(from(batches(1)).pipe(train(one, options), checkpoint(one, { dir })));
  expect(warning).toHaveBeenCalledOnce();
  warning.mockRestore();
});

it("checkpoint() ends the stream with an error when a state is no plain data", async () => {
  const one = net();
  const steps$ = from(batches(3)).pipe(
    train(one, options),
    checkpoint(one, { dir: place(), every: 2, position: () => () => 1 }),
  );
  await expect(lastValueFrom(steps$)).rejects.toThrow("save() expects plain data");
});

it("checkpoint() never: nothing comes out and nothing is written", () => {
  const dir = place();
  const subscription = NEVER.pipe(checkpoint(net(), { dir })).subscribe(() => expect.unreachable());
  subscription.unsubscribe();
  expect(resume(dir)).toBeUndefined();
});

it("checkpoint() empty: completes at once, without a file", () => {
  const dir = place();
  const complete = vi.fn();
  from([]).pipe(checkpoint(net(), { dir })).subscribe({ complete });
  expect(complete).toHaveBeenCalledOnce();
  expect(resume(dir)).toBeUndefined();
});

it("checkpoint() passes an error at once", () => {
  const error = vi.fn();
  throwError(() => "no")
    .pipe(checkpoint(net(), { dir: place() }))
    .subscribe({ error });
  expect(error).toHaveBeenCalledExactlyOnceWith("no");
});

it("checkpoint() unsubscribes from its source, and starts anew for each subscription", async () => {
  const dir = place();
  const one = net();
  const source = new Subject<number>();
  const steps$ = source.pipe(checkpoint(one, { dir, every: 2, position: (_, count) => count }));
  const first = steps$.subscribe();
  source.next(1);
  first.unsubscribe();
  expect(source.observed).toBe(false);
  const done = lastValueFrom(steps$);
  source.next(1);
  source.complete();
  await done;
  expect(resume(dir)!.position).toBe(1);
});

it("checkpoint() leaves the file alone that a subscription before is still writing, and its number", async () => {
  const dir = place();
  const one = net();
  const told: unknown[] = [];
  const writing = (size: number) =>
    checkpoint<number>(one, {
      ...{ dir, every: 1, parts: { ballast: { state: new Float64Array(size) } }, position: (step) => step },
      ...{ written: { next: ({ position }) => told.push(position) }, errors: { next: (e) => told.push(e) } },
    });
  const source = new Subject<number>();
  const first = source.pipe(writing(500_000)).subscribe();
  source.next(1);
  first.unsubscribe(); // as retry() does after an error
  await lastValueFrom(of(2).pipe(writing(1)));
  expect(told).toEqual([1, 2]);
  expect(namesIn(dir)).toEqual([named(1), named(2)]);
  expect(resume(dir)).toMatchObject({ position: 2, ignored: [] });
});

it.each([
  ["a folder", { dir: "" }, "the path of a folder as dir"],
  ["every 0 steps", { dir: "a", every: 0 }, "as every"],
  ["to keep none", { dir: "a", keep: 0 }, "as keep"],
  ["a position that is no function", { dir: "a", position: 1 }, "a function as position"],
  ["an unknown option", { dir: "a", evry: 1 }, "options named"],
])("checkpoint() refuses %s", (_, given, message) => {
  expect(() => checkpoint(net(), given as never)).toThrow(message);
});

const filled = (...files: (readonly [name: string, bytes: Uint8Array])[]): string => {
  const dir = place();
  mkdirSync(dir, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(dir, name), bytes);
  return dir;
};
const whole = save(net(), { position: 7 });
const named = (n: number): string => `checkpoint-${String(n).padStart(12, "0")}.safetensors`;

it("resume() finds nothing in a folder that is not there", () => {
  expect(resume(place())).toBeUndefined();
});

it("resume() passes over files that are not whole, and says so", () => {
  const dir = filled([named(8), whole], [named(10), whole.subarray(0, 300)], [named(9), new Uint8Array(0)]);
  const saved = resume(dir)!;
  expect(saved.path).toBe(join(dir, named(8)));
  expect(saved.position).toBe(7);
  expect(saved.ignored.map((text) => text.replace(/:.*/s, ""))).toEqual(
    [10, 9].map((n) => join(dir, named(n))),
  );
});

it("resume() passes over a file in which one bit of a weight is another, and finite still", () => {
  const flipped = Uint8Array.from(whole);
  flipped[flipped.length - 4 - (flipped.length % 4)]! ^= 1;
  const found = resume(filled([named(1), whole], [named(2), flipped]));
  expect(found?.path.endsWith(named(1))).toBe(true);
  expect(found?.ignored).toEqual([
    expect.stringMatching(/resume\(\) expects checksum [0-9a-f]{8}, got [0-9a-f]{8}$/),
  ]);
});

it("resume() refuses to begin anew when no file is whole, or within the limits", () => {
  expect(() => resume(filled([named(1), whole.subarray(0, 100)]))).toThrow(
    "resume() expects a whole checkpoint",
  );
  expect(() => resume(filled([named(1), whole]), { maxBytes: 100 })).toThrow("at most 100 bytes");
});

it("resume() and checkpoint() pass over names that only look like those of checkpoints", async () => {
  const names = [
    "checkpoint-0000000000042.safetensors", // 42, spelt otherwise
    "checkpoint-9007199254740993.safetensors", // which no number is exactly
    "checkpoint-99999999999999999999.safetensors",
    "checkpoint--00000000001.safetensors",
    "checkpoint-1e11.safetensors",
    "checkpoint-000000000050.safetensors\n",
    "xcheckpoint-000000000051.safetensors",
    "__proto__",
  ];
  const dir = filled(...names.map((name) => [name, whole] as const));
  mkdirSync(join(dir, named(60)));
  expect(resume(dir)).toBeUndefined();
  const one = net();
  await lastValueFrom(from(batches(1)).pipe(train(one, options), checkpoint(one, { dir, keep: 1 })));
  expect(resume(dir)!.path).toBe(join(dir, named(1)));
  expect(namesIn(dir)).toEqual([...names, named(60), named(1)].sort());
});

it("checkpoint() goes on beyond names of twelve digits, and says when numbers have come to their end", async () => {
  const one = net();
  const errors: Error[] = [];
  const write = (dir: string) =>
    lastValueFrom(
      from(batches(1)).pipe(
        train(one, options),
        checkpoint(one, { dir, errors: { next: (error) => void errors.push(error) } }),
      ),
    );
  for (const last of [999_999_999_999, 999_999_999_999_999]) {
    const dir = filled([named(last), whole]);
    await write(dir);
    expect(resume(dir)!.path).toBe(join(dir, named(last + 1)));
  }
  expect(errors).toEqual([]);
  const dir = filled([named(Number.MAX_SAFE_INTEGER), whole]);
  await write(dir);
  expect(errors.map(({ message }) => message)).toEqual([
    `checkpoint() could not write ${dir}: checkpoint() expects a number to go on with, got ${named(Number.MAX_SAFE_INTEGER)}`,
  ]);
  expect(resume(dir)!.path).toBe(join(dir, named(Number.MAX_SAFE_INTEGER)));
});

it("resume() reads nothing outside of its folder", () => {
  const elsewhere = join(filled(["real.safetensors", whole]), "real.safetensors");
  const dir = filled(["other.safetensors", whole], [`${named(3)}.tmp`, whole]);
  symlinkSync(elsewhere, join(dir, named(4)));
  expect(resume(dir)).toBeUndefined();
  expect(readFileSync(elsewhere)).toEqual(Buffer.from(whole));
});

const settings = pairwise();
const shown = ["delayed", "late", "swapBackground", "champion"].map((way) =>
  settings.findIndex(({ ways }) => ways === way),
);
it.each(shown.map((i) => [Object.values(settings[i]!).join(", "), settings[i]!, i] as const))(
  "checkpoint() and resume() go on bit by bit after kills: %s",
  async (_, setting, seed) => {
    await killing({ setting, kills: 5, seed });
  },
);
