import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const program = fileURLToPath(new URL("./fixtures/exits.js", import.meta.url));
const run = (way: string): Promise<string> =>
  promisify(execFile)(process.execPath, [program, way], { timeout: 30_000 }).then(({ stdout }) =>
    stdout.trim(),
  );

it.each(["idle", "completed", "pulled", "open", "left", "failed", "closed"])(
  "inWorker() lets the process end by itself when it is %s",
  async (way) => {
    expect(await run(way)).toBe("1");
  },
);

it("inWorker() keeps the process until all batches are learned", async () => {
  expect(await run("waiting")).toBe("1\nlearned");
});
