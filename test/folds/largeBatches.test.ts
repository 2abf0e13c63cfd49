import { afterEach, expect, test, vi } from "vitest";
import { largeBatches } from "../../src/folds/largeBatches.ts";

afterEach(() => void vi.unstubAllGlobals());

test("largeBatches() gives kernels, and always the same, for float32 batches of 1,024 numbers in 16 rows of 4 or more", () => {
  const kernelsFor = largeBatches();
  const float32 = (rows: number, cols: number) => kernelsFor(rows, cols, new Float32Array(rows * cols));
  expect(float32(16, 64)).toBeDefined();
  expect(float32(256, 4)).toBe(float32(16, 64));
  expect(largeBatches()(16, 64, new Float32Array(1024))).not.toBe(float32(16, 64));
  expect(float32(16, 63)).toBeUndefined();
  expect(float32(15, 784)).toBeUndefined();
  expect(float32(1024, 3)).toBeUndefined();
  expect(kernelsFor(32, 32, new Float64Array(1024))).toBeUndefined();
  expect(kernelsFor(32, 32, new Float32Array(1023))).toBeUndefined();
});

test("largeBatches() gives nothing where there is no WebAssembly, or where code may not be emitted", () => {
  vi.stubGlobal("WebAssembly", undefined);
  expect(largeBatches()(32, 32, new Float32Array(1024))).toBeUndefined();
  vi.stubGlobal("WebAssembly", { validate: () => true });
  expect(largeBatches()(32, 32, new Float32Array(1024))).toBeUndefined();
});
