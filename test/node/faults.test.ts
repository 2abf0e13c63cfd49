import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Batch, chain, dense, matrix, meanSquaredError, model, type Step, sgd, train } from "rxgrad";
import { lastValueFrom, Subject } from "rxjs";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { type CheckpointOptions, checkpoint } from "../../src/node/checkpoint.ts";
import { resume } from "../../src/node/resume.ts";

const root = mkdtempSync(join(tmpdir(), "rxgrad-faults-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => void vi.useRealTimers());
const places = { count: 0 };
const place = (): string => join(root, String(places.count++), "checkpoints");
const named = (n: number): string => `checkpoint-${String(n).padStart(12, "0")}.safetensors`;
const batch: Batch = { x: matrix([[1, 2]]), y: matrix([[1]]) };

/** A training with a checkpoint after each step; `step` resolves once that is written, or is not. */
const training = (dir: string, told: Partial<CheckpointOptions<Step>> = {}) => {
  const net = model(chain(dense(2, 3), dense(3, 1)), { seed: 1 });
  const batches$ = new Subject<Batch>();
  const [written, errors, losses]: [unknown[], string[], number[]] = [[], [], []];
  const waiting = { go: () => {} };
  const settle = (): void => waiting.go();
  batches$
    .pipe(
      train(net, { loss: meanSquaredError(), optimizer: sgd(0.01) }),
      checkpoint(net, {
        dir,
        every: 1,
        position: (_, count) => count,
        written: {
          next: ({ position }) => {
            written.push(position);
            settle();
          },
        },
        errors: {
          next: ({ message }) => {
            errors.push(message);
            settle();
          },
        },
        ...told,
      }),
    )
    .subscribe(({ loss }) => losses.push(loss));
  const step = (): Promise<void> =>
    new Promise((go) => {
      waiting.go = go;
      batches$.next(batch);
    });
  const steps = async (n: number): Promise<void> => {
    for (let i = 0; i < n; i++) await step();
  };
  return { step, steps, batches$, written, errors, losses };
};

describe("checkpoint()", () => {
  it("tells of a folder that was deleted under it, and makes it again for the next one", async () => {
    const dir = place();
    const { steps, written, errors, losses } = training(dir);
    await steps(3);
    rmSync(dir, { recursive: true });
    await steps(2);
    expect(written).toEqual([1, 2, 3, 5]);
    expect(errors).toEqual([
      expect.stringContaining(`checkpoint() could not write ${join(dir, named(4))}: ENOENT`),
    ]);
    expect(losses).toHaveLength(5);
    expect(resume(dir)!.position).toBe(5);
  });

  it("numbers on in a folder that was away, so that what is newest stays so when it is back", async () => {
    const dir = place();
    const { steps, written, errors } = training(dir, { keep: 10 });
    await steps(3);
    renameSync(dir, `${dir}-away`);
    await steps(2);
    for (const name of readdirSync(dir)) renameSync(join(dir, name), join(`${dir}-away`, name));
    rmSync(dir, { recursive: true });
    renameSync(`${dir}-away`, dir);
    expect(resume(dir)!.position).toBe(5);
    await steps(1);
    expect([written, errors.length]).toEqual([[1, 2, 3, 5, 6], 1]);
    expect(resume(dir)!.position).toBe(6);
  });

  it("tells of a file that stands in the place of its folder, and goes on when that is gone", async () => {
    const dir = place();
    const { steps, written, errors, losses } = training(dir);
    await steps(1);
    renameSync(dir, `${dir}-away`);
    writeFileSync(dir, "no folder");
    await steps(2);
    expect(errors).toEqual([expect.stringMatching("ENOTDIR"), expect.stringMatching("EEXIST")]);
    for (const message of errors) expect(message).toContain(dir);
    expect(losses).toHaveLength(3);
    rmSync(dir);
    renameSync(`${dir}-away`, dir);
    expect(resume(dir)!.position).toBe(1);
    await steps(1);
    expect([written, resume(dir)!.position]).toEqual([[1, 4], 4]);
  });

  it("tells of a file that cannot be put in its place, and leaves nothing of it behind", async () => {
    const dir = place();
    const { steps, written, errors } = training(dir);
    await steps(1);
    mkdirSync(join(dir, named(2), "in the way"), { recursive: true });
    await steps(1);
    expect(errors).toEqual([expect.stringContaining(`could not write ${join(dir, named(2))}: E`)]);
    expect(readdirSync(dir)).toEqual([named(1), named(2)]);
    expect(resume(dir)!.position).toBe(1);
    await steps(1);
    expect([written, resume(dir)!.position]).toEqual([[1, 3], 3]);
  });

  it.runIf(process.platform === "linux")(
    "tells of a disk with no space left, by the name of the file",
    async () => {
      const dir = place();
      const { steps, written, errors, losses } = training(dir);
      await steps(2);
      symlinkSync("/dev/full", join(dir, `${named(3)}.tmp`));
      await steps(1);
      expect(errors).toEqual([
        expect.stringContaining(`checkpoint() could not write ${join(dir, named(3))}: ENOSPC`),
      ]);
      expect(readdirSync(dir)).toEqual([named(1), named(2)]);
      expect(resume(dir)).toMatchObject({ position: 2, ignored: [] });
      await steps(1);
      expect([written, resume(dir)!.position, losses.length]).toEqual([[1, 2, 4], 4, 4]);
    },
  );

  it("goes by numbers, whatever the clock says", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const dir = place();
    const { steps, written, errors } = training(dir);
    for (let i = 1; i <= 5; i++) {
      vi.setSystemTime(new Date(2030 - 10 * i, 0));
      await steps(1);
      utimesSync(join(dir, named(i)), new Date(), new Date());
    }
    expect([written, errors]).toEqual([[1, 2, 3, 4, 5], []]);
    expect(readdirSync(dir)).toEqual([3, 4, 5].map(named));
    expect(resume(dir)!.position).toBe(5);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    "writes a copy that comes %d microtasks after another is written",
    async (turns) => {
      const dir = place();
      const net = model(chain(dense(2, 1)), { seed: 1 });
      const batches$ = new Subject<Batch>();
      const next = async (): Promise<void> => {
        for (let i = 0; i < turns; i++) await undefined;
        batches$.next(batch);
        batches$.complete();
      };
      const options = { every: 1, position: (_: unknown, count: number) => count };
      const done = lastValueFrom(
        batches$.pipe(
          train(net, { loss: meanSquaredError(), optimizer: sgd(0.01) }),
          checkpoint(net, {
            dir,
            ...options,
            written: { next: ({ position }) => void (position === 1 && next()) },
          }),
        ),
      );
      batches$.next(batch);
      await done;
      expect(resume(dir)!.position).toBe(2);
    },
  );

  it("writes on when those who are told of it throw, and warns", async () => {
    const dir = place();
    const warned: string[] = [];
    const warning = vi
      .spyOn(process, "emitWarning")
      .mockImplementation((error) => void warned.push(String(error)));
    const fail = (): never => {
      throw new Error("mine");
    };
    mkdirSync(join(dir, named(2), "in the way"), { recursive: true });
    mkdirSync(join(dir, named(1), "in the way"), { recursive: true });
    const { batches$ } = training(dir, { written: { next: fail }, errors: { next: fail } });
    for (let i = 0; i < 4; i++) {
      batches$.next(batch);
      await vi.waitFor(() => expect(warned).toHaveLength(i + 1));
    }
    warning.mockRestore();
    expect(warned).toEqual(
      ["errors", "errors", "written", "written"].map((name) => `Error: checkpoint() in ${name}: mine`),
    );
    expect(resume(dir)!.position).toBe(4);
  });
});

const program = fileURLToPath(new URL("./fixtures/faults.js", import.meta.url));
it.each([
  ["a disk that takes no more", "ulimit -f 128", "full", "EFBIG"],
  ["a folder that is read-only", "true", "readOnly", "EACCES"],
])(
  "checkpoint() tells of %s; training goes on, and the last file stays whole",
  async (_, before, kind, code) => {
    const command = `${before} && exec "$0" "$1" ${kind}`;
    const { stdout } = await promisify(execFile)("sh", ["-c", command, process.execPath, program]);
    const { written, errors, losses, whole, complete } = JSON.parse(stdout);
    expect(written).toEqual([1, 2, 3, 6, 7]);
    expect(whole).toEqual([1, 2, 3, 3, 3, 6, 7]);
    expect(errors).toHaveLength(2);
    for (const message of errors)
      expect(message).toMatch(new RegExp(`^checkpoint\\(\\) could not write .*checkpoints?-?.*: ${code}`));
    expect(losses).toHaveLength(7);
    expect(complete).toBe(true);
  },
);
