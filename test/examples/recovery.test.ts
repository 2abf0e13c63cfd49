import { describe, expect, test } from "vitest";
import { recovery } from "../../examples/recovery/main.ts";
import { fileAt } from "../support/sources.ts";

describe("recovery", () => {
  const lines: string[] = [];
  const table = recovery((line) => lines.push(line));
  const rows = Object.entries(table);

  test("with an optimizer that settles, every policy is sooner as good as before than none", () => {
    const settled = rows.filter(([name]) => /^(sine|stagger).*(adagrad|sgd)/.test(name));
    expect(settled).toHaveLength(4);
    for (const [, [alone, ...acting]] of settled)
      for (const one of acting) {
        expect(one.back).toBeLessThan(alone!.back);
        expect(one.after).toBeGreaterThan(alone!.after);
      }
  });

  test("docs/drift.md has the table that the example prints", () => {
    expect(fileAt("docs/drift.md").text).toContain(lines.join("\n"));
  });
});
