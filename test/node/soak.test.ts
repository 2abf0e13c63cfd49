import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const program = fileURLToPath(new URL("../nightly/soak.mjs", import.meta.url));
const soak = async (events: number, seed: number): Promise<{ digest: string; broken: readonly string[] }> => {
  const given = ["--expose-gc", program, "--quiet", "--events", String(events), "--seed", String(seed)];
  const { stdout } = await promisify(execFile)(process.execPath, given).catch((error) => error);
  return JSON.parse(stdout);
};

it("a service loses nothing, keeps no memory, and leaves nothing behind, whatever comes: 20,000 events", async () => {
  const { digest, broken } = await soak(20_000, 1);
  expect(broken).toEqual([]);
  // on every version of Node; whoever changes what is computed writes the new one here
  expect(digest).toBe("987ed5dafd180fb2e5ad574d5b2db3fc5f4f1c38ef450241b2f784c9674a3a39");
});

it("a service with another seed computes something else", async () => {
  const [one, other] = await Promise.all([soak(2000, 1), soak(2000, 2)]);
  expect(one.digest).not.toBe(other.digest);
});
