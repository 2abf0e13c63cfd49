import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";

// Stands in for vitest on a page: tests are gathered as their files load, and run when the page is asked to.

type Run = (...args: readonly unknown[]) => unknown;

export interface Outcome {
  readonly name: string;
  readonly error?: string;
}

const tests: { readonly name: string; readonly run: () => unknown }[] = [];

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const expect: typeof chai.expect = chai.expect;

const add = (name: string, run: Run): void => {
  tests.push({ name, run });
};

/** Rows that are arrays are spread; %s in the name is one argument after another, $key a property of the row. */
const each =
  (rows: readonly unknown[]) =>
  (name: string, run: Run): void => {
    for (const row of rows) {
      const args = Array.isArray(row) ? row : [row];
      let next = 0;
      const title = name
        .replace(/%[sdi]/g, () => String(args[next++]))
        .replace(/\$(\w+)/g, (_, key: string) => String((row as Record<string, unknown>)[key]));
      add(title, () => run(...args));
    }
  };

export const it = Object.assign(add, { each });
export const test: typeof it = it;
export const describe = (_: string, body: () => void): void => body();

/** Runs the tests that were gathered, in order. */
export const runTests = async (): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (const { name, run } of tests)
    try {
      await run();
      outcomes.push({ name });
    } catch (error) {
      outcomes.push({ name, error: String(error) });
    }
  return outcomes;
};
