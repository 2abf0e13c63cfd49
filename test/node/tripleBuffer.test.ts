import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { random } from "../../src/math/random.ts";
import { tripleBuffer, tripleBufferMemory } from "../../src/node/tripleBuffer.ts";

const ends = (length: number) => {
  const memory = tripleBufferMemory(8 * length);
  const end = () => tripleBuffer(memory, (at) => new Float64Array(memory, at, length));
  return { memory, writer: end(), reader: end() };
};

it("tripleBuffer() gives the newest version, which stays as it is while newer ones are written", () => {
  const { writer, reader } = ends(3);
  const dice = random(1);
  let newest = 0;
  let seen = 0;
  let view = reader.read();
  for (let i = 0; i < 1000; i++) {
    expect([...view]).toEqual([seen, seen, seen]);
    if (dice.uniform() < 0.5) writer.write((numbers) => numbers.fill(++newest));
    else {
      expect(reader.fresh()).toBe(newest > seen);
      view = reader.read();
      seen = newest;
    }
  }
});

it("tripleBuffer() is never read torn, nor backwards, while another thread writes without a pause", async () => {
  const length = 1000;
  const stop = new SharedArrayBuffer(4);
  const { memory, reader } = ends(length);
  const worker = new Worker(new URL("./fixtures/writer.js", import.meta.url), {
    workerData: { memory, length, stop },
  });
  const ended = new Promise((resolve, reject) => worker.on("error", reject).on("exit", resolve));
  const torn: number[] = [];
  let last = 0;
  const readOn = async (): Promise<void> => {
    for (let reads = 0; reads < 5000; ) {
      for (; reader.fresh(); reads++) {
        const view = reader.read();
        const version = view[0]!;
        if (version <= last || view.some((v) => v !== version)) torn.push(version);
        last = version;
      }
      await new Promise(setImmediate);
    }
    Atomics.store(new Int32Array(stop), 0, 1);
  };
  await Promise.all([readOn(), ended]);
  expect(torn).toEqual([]);
  expect(last).toBeGreaterThanOrEqual(5000);
});
