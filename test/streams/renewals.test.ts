import fc from "fast-check";
import { expect, test } from "vitest";
import { isSparse, sparse } from "../../src/math/sparse.ts";
import { renewals } from "../../src/streams/renewals.ts";
import type { Sample } from "../../src/streams/sample.ts";

const below = (n: number) => fc.integer({ min: 0, max: n - 1 });
const renewal = fc.record({
  inputs: fc.array(below(4), { maxLength: 2 }),
  indices: fc.array(fc.record({ column: below(4), index: fc.integer({ min: 1, max: 3 }) }), { maxLength: 2 }),
  outputs: fc.array(below(3), { maxLength: 1 }),
});
const step = fc.record({ x: fc.array(below(4), { minLength: 4, maxLength: 4 }), y: below(3), renewal });

test("renewals() takes out of a sample what any later one renewed, and nothing else", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, wide) => {
      const known = renewals();
      for (const [i, { renewal }] of steps.entries()) known.note(renewal, i);
      steps.forEach(({ x, y }, i) => {
        const later = steps.slice(i + 1).map(({ renewal }) => renewal);
        const old = (j: number, v: number) =>
          later.some(
            ({ inputs, indices }) =>
              inputs.includes(j) || indices.some(({ column, index }) => column === j && index === v),
          );
        const expected = x.map((v, j) => (old(j, v) ? 0 : v));
        const gone = later.some(({ outputs }) => outputs.includes(y));
        const rows = [x.map((v, j) => [j, v] as const)];
        const sample = wide ? { x: sparse(rows, 4), y } : { x, y };
        for (const one of [sample, { ...sample, y: [0, 1, 2].map((k) => Number(k === y)) }]) {
          const said = known.without(one as Sample, i);
          if (gone) expect(said).toBeUndefined();
          else
            expect([
              ...(isSparse(said!.x as never)
                ? (said!.x as never as { data: number[] }).data
                : (said!.x as number[])),
            ]).toEqual(expected);
          if (!gone && expected.every((v, j) => v === x[j])) expect(said).toBe(one);
        }
      });
    }),
    { seed: 1, numRuns: 300 },
  );
});
