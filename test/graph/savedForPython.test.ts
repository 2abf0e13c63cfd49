import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  adam,
  batchNorm,
  chain,
  dense,
  learner,
  load,
  type Model,
  matrix,
  meanSquaredError,
  model,
  save,
  scaler,
} from "rxgrad";
import { afterAll, expect, it } from "vitest";
import { needs } from "../support/needs.ts";

const folder = mkdtempSync(join(tmpdir(), "rxgrad-python-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = fileURLToPath(new URL("../fixtures/strictSafetensors.py", import.meta.url));
const hasPython = spawnSync("python3", ["--version"]).status === 0;

interface Read {
  readonly refused?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Readonly<
    Record<string, { readonly dtype: string; readonly shape: readonly number[]; readonly values?: number[] }>
  >;
}

/** What a reader in Python makes of files that keeps to the letter of the format. */
const readByPython = (...files: readonly Uint8Array[]): readonly Read[] => {
  const paths = files.map((bytes, i) => {
    const path = join(folder, `${i}.safetensors`);
    writeFileSync(path, bytes);
    return path;
  });
  const { stdout, stderr } = spawnSync("python3", [script, ...paths], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  expect(stderr).toBe("");
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Read);
};

const trained = (precision: "float32" | "float64"): Model => {
  const net = model(chain(dense(2, 3), batchNorm(3), dense(3, 1)), { seed: 1, precision });
  const learning = learner(net, { loss: meanSquaredError(), optimizer: adam(0.01) });
  for (let i = 0; i < 5; i++)
    learning.learnBatch({
      x: matrix([
        [i, -1],
        [2, i],
      ]),
      y: matrix([[i / 3], [1]]),
    });
  return net;
};

it("save() writes files that a strict reader in Python takes, number by number", (test) => {
  needs(test, "python3", hasPython);
  for (const precision of ["float32", "float64"] as const) {
    const net = trained(precision);
    const inputs = scaler();
    inputs.learn([1, 2]);
    const position = {
      "größe ☃": [1n, new Date(0), Number.NaN],
      list: Array.from({ length: 9 }, (_, i) => i),
    };
    const [read] = readByPython(
      save(net, { parts: { inputs, "a/b \u0000": { state: new Map() } }, position }),
    );
    expect(read!.refused).toBeUndefined();
    expect(read!.metadata).toMatchObject({ format: "rxgrad", version: "2" });
    for (const { name, value } of net.parameters) {
      const { dtype, shape, values } = read!.tensors[name]!;
      expect([dtype, ...shape]).toEqual([precision === "float32" ? "F32" : "F64", value.rows, value.cols]);
      expect(values).toEqual([...value.data]);
    }
  }
});

it("save() and its versions: Python reads a file of each", (test) => {
  needs(test, "python3", hasPython);
  const files = ["v1", "v2"].map((version) =>
    readFileSync(new URL(`../fixtures/saved/${version}.safetensors`, import.meta.url)),
  );
  for (const [i, { refused, metadata, tensors }] of readByPython(...files).entries()) {
    expect(refused).toBeUndefined();
    expect(metadata.version).toBe(String(i + 1));
    expect(Object.keys(tensors).length).toBeGreaterThan(3);
  }
});

it("the strict reader in Python refuses what load() refuses", (test) => {
  needs(test, "python3", hasPython);
  const net = trained("float32");
  const whole = save(net);
  const longer = Uint8Array.from([...whole, 0]);
  const text = (from: string, to: string): Uint8Array => {
    const other = Buffer.from(whole).toString("latin1").replace(from, to);
    expect(other.length).toBe(whole.length);
    return Uint8Array.from(Buffer.from(other, "latin1"));
  };
  const files = [
    longer,
    whole.subarray(0, -1),
    text('{"__metadata__"', ' "__metadata__"'),
    text('"dense0.b"', '"dense0.W"'),
    text('"dtype":"F32"', '"dtype":"F99"'),
  ];
  for (const [i, read] of readByPython(...files).entries()) {
    expect(read.refused, String(i)).toBeTypeOf("string");
    expect(() => load(net, files[i]!), String(i)).toThrow(/expects/);
  }
});
