import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

const npm = (args, cwd = root) => {
  const { status, stdout, stderr } = spawnSync(
    "npm",
    [...args, "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd,
      encoding: "utf8",
      shell: process.platform === "win32",
    },
  );
  return { done: status === 0, said: `${stderr}\n${stdout}`.trim().split("\n")[0] };
};

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const stale = (folder) =>
  modified(`${folder}/node_modules/.package-lock.json`) < modified(`${folder}/package-lock.json`);

/** What a fresh clone lacks: the compiler, the build, the peers. Peers that cannot be had are reported, not fatal. */
export const install = ({ build, say }) => {
  if (!existsSync(`${root}/node_modules/typescript`)) {
    say("installs rxgrad");
    const { done, said } = npm(["ci"]);
    if (!done) throw new Error(said);
  }
  if (build) {
    say("builds rxgrad");
    const { done, said } = npm(["run", "--silent", "build"]);
    if (!done) throw new Error(`rxgrad does not build: ${said}`);
  }
  if (stale(`${root}/test/bench`)) {
    say("installs the peers");
    const { done, said } = npm(["ci", "--ignore-scripts"], `${root}/test/bench`);
    if (!done) say(`the peers cannot be installed: ${said}`);
  }
};
