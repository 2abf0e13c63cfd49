import { afterEach, expect, it, vi } from "vitest";
import { needs } from "./needs.ts";
import { type Counted, tally, tallyOf } from "./tally.ts";

const file = (states: readonly string[], { failed = false, errors = 0 } = {}): Counted => ({
  state: () => (failed ? "failed" : "passed"),
  errors: () => Array.from({ length: errors }, () => ({ message: "broken" })),
  children: { allTests: () => states.map((state) => ({ result: () => ({ state }) })) },
});
const noSkip = {
  skip: (note?: string): never => {
    throw new Error(`skipped: ${note}`);
  },
};

afterEach(() => vi.unstubAllEnvs());

it("tallyOf() counts every test once, by how it ended", () => {
  const files = [
    file(["passed", "passed", "skipped"]),
    file(["failed", "passed", "pending"], { failed: true }),
  ];
  expect(tallyOf(files)).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

it("tallyOf() counts a file that does not load as a failure", () => {
  expect(tallyOf([file([], { failed: true, errors: 1 })])).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

it("tallyOf() counts errors that nothing caught as failures", () => {
  expect(tallyOf([file(["passed"])], 2)).toEqual({ passed: 1, failed: 2, skipped: 0 });
});

it("tally() ends the run with one plain line", () => {
  const printed: string[] = [];
  tally((line) => printed.push(line)).onTestRunEnd?.([file(["passed"])] as never, [], "passed");
  expect(printed.join("").split("\n").at(-1)).toBe("1 passed, 0 failed, 0 skipped");
});

it("needs() lets a test go on when the tool is there", () => {
  expect(() => needs(noSkip, "nats-server", true)).not.toThrow();
});

it("needs() skips without the tool, and says which", () => {
  vi.stubEnv("CI", "");
  expect(() => needs(noSkip, "nats-server", false)).toThrow(
    "skipped: This test needs nats-server, which is not installed here.",
  );
});

it("needs() fails instead where CI is set", () => {
  vi.stubEnv("CI", "true");
  expect(() => needs(noSkip, "nats-server", false)).toThrow("With CI set, nothing may be skipped.");
});
