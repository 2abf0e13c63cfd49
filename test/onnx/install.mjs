// Installs onnxruntime-node beside the project, as the lock file here says: when it is missing, or the lock is another one.
// Its install script would download a second runtime, and does not run.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const lock = readFileSync(`${folder}package-lock.json`, "utf8");
const installed = `${folder}node_modules/.installed`;
if (!existsSync(installed) || readFileSync(installed, "utf8") !== lock) {
  const options = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  try {
    execFileSync("npm", ["ci", ...options], {
      cwd: folder,
      stdio: "inherit",
      shell: process.platform === "win32",
    });
    writeFileSync(installed, lock);
  } catch (error) {
    if (process.env.CI) throw error;
    console.error("onnxruntime-node could not be installed: the tests that need it are skipped.");
  }
}
