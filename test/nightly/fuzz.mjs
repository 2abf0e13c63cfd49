// npm run build && node test/nightly/fuzz.mjs [files] [seed]: a million mutated files, half of them read and half loaded.
import { readFileSync } from "node:fs";
import { fuzzLoading, fuzzReading } from "./fuzzing.mjs";

const [count = 1_000_000, seed = 1] = process.argv.slice(2).map(Number);
const names = ["numpy", "bfloat16", "sequential", "gru"];
const files = names.map((name) =>
  readFileSync(new URL(`../fixtures/tensors/${name}.safetensors`, import.meta.url)),
);
for (const [what, fuzz] of [
  ["read", (n) => fuzzReading(files, n, seed)],
  ["loaded", (n) => fuzzLoading(n, seed)],
]) {
  const start = performance.now();
  const refused = fuzz(count / 2);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const memory = ((heapUsed + arrayBuffers) / 2 ** 20).toFixed(0);
  console.log(
    `${count / 2} ${what}: ${refused} refused, the others whole; ${seconds} s, ${memory} MB at the end`,
  );
}
