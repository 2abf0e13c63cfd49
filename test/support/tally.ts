import type { Reporter, TestModule } from "vitest/node";

/** How a run came out. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of a test module that is counted. */
export type Counted = Pick<TestModule, "state" | "errors"> & {
  readonly children: { allTests(): Iterable<{ result(): { readonly state: string } }> };
};

/** Counts tests; a file that fails outside of its tests, and an error that nothing caught, count as failures. */
export const tallyOf = (modules: readonly Counted[], unhandled = 0): Tally => {
  const tally = { passed: 0, failed: unhandled, skipped: 0 };
  for (const testModule of modules) {
    let failed = 0;
    for (const test of testModule.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") tally.passed++;
      else if (state === "failed") failed++;
      else tally.skipped++;
    }
    if (failed === 0 && (testModule.errors().length > 0 || testModule.state() === "failed")) failed = 1;
    tally.failed += failed;
  }
  return tally;
};

/** Ends the output of a run with one plain line: `12 passed, 0 failed, 0 skipped`. */
export const tally = (print: (line: string) => void = (line) => console.log(line)): Reporter => ({
  onTestRunEnd: (modules, unhandledErrors) => {
    const { passed, failed, skipped } = tallyOf(modules as readonly Counted[], unhandledErrors.length);
    print(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  },
});
