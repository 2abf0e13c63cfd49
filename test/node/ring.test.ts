import { expect, it } from "vitest";
import type { Batch } from "../../src/graph/batch.ts";
import { matrix } from "../../src/math/matrix.ts";
import { random } from "../../src/math/random.ts";
import { sparse } from "../../src/math/sparse.ts";
import { ring, ringMemory, type Slot } from "../../src/node/ring.ts";

const ends = (slots: number, numbers: number) => {
  const memory = ringMemory(slots, numbers);
  return { offering: ring(memory, slots), taking: ring(memory, slots) };
};

const batchOf = (i: number): Batch => {
  const x = matrix(Array.from({ length: 1 + (i % 3) }, (_, row) => [i, row]));
  const y = { rows: x.rows, cols: 1, data: new Float32Array(x.rows).fill(i / 3) };
  return i % 2 ? { x, y } : { x, y, weight: matrix(Array.from({ length: x.rows }, () => [i])) };
};

it("ring() brings out what went in, in order, and never holds more than it has slots", () => {
  const { offering, taking } = ends(5, 12);
  const expected: Slot[] = [];
  const dice = random(2);
  for (let i = 0; i < 2000; i++)
    if (dice.uniform() < 0.5) {
      const slot: Slot = i % 7 === 0 ? { kind: "end", run: i } : { kind: "batch", run: i, batch: batchOf(i) };
      if (slot.batch) expect(offering.fits(slot.batch)).toBe(true);
      expect(offering.offer(slot)).toBe(expected.length < 5);
      if (expected.length < 5) expected.push(slot);
    } else {
      expect(taking.take()).toEqual(expected.shift());
      expect(taking.length).toBe(expected.length);
    }
});

it("ring() gives batches in memory of their own", () => {
  const { offering, taking } = ends(1, 12);
  offering.offer({ kind: "batch", run: 0, batch: batchOf(1) });
  const { batch } = taking.take()!;
  offering.offer({ kind: "batch", run: 0, batch: batchOf(2) });
  expect(batch).toEqual(batchOf(1));
  expect(batch!.x.data.buffer).toBeInstanceOf(ArrayBuffer);
});

it("ring() tells what does not fit: what is too large, sparse, or no matrix", () => {
  const { offering } = ends(1, 6);
  const x = matrix([[1, 2]]);
  const y = matrix([[1]]);
  expect(offering.fits({ x, y })).toBe(true);
  const others: unknown[] = [
    { x: matrix([[1, 2, 3, 4, 5, 6]]), y },
    { x: sparse([[[0, 1]]], 2), y },
    { x, y: undefined },
    { x: [[1, 2]], y },
    { x: { ...x, cols: 3 }, y },
    { x, y, weight: null },
    7,
    undefined,
  ];
  for (const batch of others) expect(offering.fits(batch as Batch)).toBe(false);
});

it("ring() forgets the batches of a run, and nothing else", () => {
  const { offering, taking } = ends(4, 12);
  for (const run of [1, 2, 1]) offering.offer({ kind: "batch", run, batch: batchOf(run) });
  offering.offer({ kind: "end", run: 1 });
  offering.forget(1);
  const kinds = Array.from({ length: 4 }, () => taking.take()!.kind);
  expect(kinds).toEqual(["forgotten", "batch", "forgotten", "end"]);
});

it("ring() wakes whom it has put to sleep, once", () => {
  const { offering, taking } = ends(4, 12);
  expect(offering.wake()).toBe(false);
  expect(taking.sleep()).toBe(true);
  offering.offer({ kind: "end", run: 1 });
  expect([offering.wake(), offering.wake()]).toEqual([true, false]);
  expect(taking.sleep()).toBe(false);
  expect(offering.wake()).toBe(false);
});
