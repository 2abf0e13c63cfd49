/** What a test is told about itself: the part of vitest's context that skips. */
export interface Skippable {
  skip(note?: string): never;
}

/**
 * Goes on when the tool is there. Without it the test is skipped, and says why; where CI is set it fails, so that nothing
 * is skipped there unseen.
 * @example it("onnx() is read by Python", (test) => { needs(test, "python3-torch", hasTorch()); … });
 */
export const needs = (test: Skippable, tool: string, available: boolean): void => {
  if (available) return;
  const sentence = `This test needs ${tool}, which is not installed here.`;
  if (process.env.CI) throw new Error(`${sentence} With CI set, nothing may be skipped.`);
  test.skip(sentence);
};
