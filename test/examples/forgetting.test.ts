import { beforeAll, describe, expect, test } from "vitest";
import { forgetting } from "../../examples/forgetting/main.ts";
import { fileAt } from "../support/sources.ts";

describe("forgetting", () => {
  const lines: string[] = [];
  let table: Awaited<ReturnType<typeof forgetting>>;
  beforeAll(async () => {
    table = await forgetting((line) => lines.push(line));
  });
  const drops = (name: string) => table[name]!.drops;

  test("no replay forgets more than 40 points of the first concept, with every seed", () => {
    expect(Math.min(...drops("no replay"))).toBeGreaterThan(40);
    expect(table["no replay"]!.before).toBeGreaterThan(95);
  });

  test.each([
    "reservoir(300)",
    "classBalancedReservoir(300)",
    "prioritized(reservoir(300))",
    "reservoir(300), darkExperience",
  ])("%s forgets less than 10 points, with every seed, and learns both", (name) => {
    expect(drops(name)).toHaveLength(5);
    expect(Math.max(...drops(name))).toBeLessThan(10);
    expect(table[name]!.before).toBeGreaterThan(95);
    expect(table[name]!.second).toBeGreaterThan(90);
  });

  test("a window of the newest rows is no remedy", () => {
    expect(Math.min(...drops("newest(300)"))).toBeGreaterThan(40);
  });

  test("docs/replay.md has the table that the example prints", () => {
    expect(fileAt("docs/replay.md").text).toContain(lines.join("\n"));
  });
});
