import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { browse, installed } from "../browser/chromium.mjs";
import { workloads } from "./workloads.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const peers = ["rxgrad", "plain", "tfjs", "jax"];
const names = ["train 10-16-1, batch 1", "train 784-128-10, batch 32"];

/** What page.mjs can load, and what is measured there. */
export const pageWorkloads = workloads.filter(({ name }) => names.includes(name));
export const runsOnPages = ({ peer }) => peers.includes(peer);

/** Starts contenders on pages of headless Chromium, each in a renderer process of its own. */
export const startOnPages = async () => {
  if (!installed) throw new Error("npm run bench -- --browser needs Debian's chromium");
  const { outputFiles } = await build({
    entryPoints: [here("page.mjs")],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "error",
    write: false,
  });
  const wasm = here("node_modules/@tensorflow/tfjs-backend-wasm/dist/");
  const kernels = readdirSync(wasm).filter((name) => name.endsWith(".wasm"));
  const chromium = await browse({
    "main.js": outputFiles[0].contents,
    ...Object.fromEntries(kernels.map((name) => [name, readFileSync(`${wasm}${name}`)])),
  });
  const start = async ({ module, variant }, workload) => {
    let broken;
    const page = await chromium.open((why) => {
      broken = why;
    });
    await page.waitForFunction(() => "answer" in globalThis);
    const ask = async (request) => {
      try {
        return await page.evaluate((one) => globalThis.answer(one), request);
      } catch (error) {
        return { failed: broken ?? error.message.split("\n")[0] };
      }
    };
    const loaded = await ask({ op: "load", workload, module, variant });
    return { process: { ask, end: () => page.context().close() }, loaded };
  };
  return { version: chromium.version, start, close: chromium.close };
};
