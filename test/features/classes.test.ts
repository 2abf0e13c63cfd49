import fc from "fast-check";
import { expect, it } from "vitest";
import { classes, type Label } from "../../src/features/classes.ts";

const labels = fc.array(fc.constantFrom<Label>("a", "b", 1, "1", true, "true", 0, -0, "__proto__", ""), {
  maxLength: 60,
});

it("classes() gives indices first come first served, and labels back", () => {
  const names = classes({ capacity: 3 });
  const state = ["x", 1, "1", "x", "late"].reduce<ReturnType<typeof names.init>>(names.step, names.init());
  expect(names.read(state)).toEqual(["x", 1, "1"]);
  expect([names.indexOf(state, "1"), names.indexOf(state, 1), names.indexOf(state, "late")]).toEqual([
    2, 1, -1,
  ]);
  expect([names.labelOf(state, 1), names.labelOf(state, 3)]).toEqual([1, undefined]);
  expect(state.renewed).toEqual([]);
});

it.each(["evict", "refuse"] as const)(
  "classes({ full: %j }) equals a naive list, through JSON at any time",
  (full) => {
    fc.assert(
      fc.property(labels, fc.integer({ min: 1, max: 5 }), fc.nat(60), (list, capacity, saved) => {
        const names = classes({ capacity, full });
        let state = names.init();
        const slots: Label[] = [];
        let used: Label[] = []; // the longest unused first
        list.forEach((given, i) => {
          const label = given === 0 ? 0 : given;
          if (i === saved) state = JSON.parse(JSON.stringify(state));
          state = names.step(state, given);
          let renewed: number[] = [];
          if (!slots.includes(label) && slots.length < capacity) renewed = [slots.push(label) - 1];
          else if (!slots.includes(label) && full === "evict") {
            renewed = [slots.indexOf(used[0]!)];
            used = used.slice(1);
            slots[renewed[0]!] = label;
          }
          if (slots.includes(label)) used = [...used.filter((one) => one !== label), label];
          expect(state.renewed).toEqual(renewed);
          expect(names.read(state)).toEqual(slots);
          expect(names.indexOf(state, given)).toBe(slots.indexOf(label));
        });
      }),
      { seed: 1, numRuns: 300 },
    );
  },
);

it("classes() refuses what is no label", () => {
  const names = classes({ capacity: 1 });
  for (const none of [null, Number.NaN, {}])
    expect(() => names.step(names.init(), none as never)).toThrow(
      "classes() expects a string, a finite number or a boolean",
    );
  // @ts-expect-error no such way
  expect(() => classes({ capacity: 1, full: "grow" })).toThrow('"evict" or "refuse" as full');
});
