import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The project's code, or a few lines that import from it as "rxgrad", in one file as browsers take it. */
export const bundle = async (code: string, options: BuildOptions = {}): Promise<Uint8Array> => {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
    ...options,
    alias: { rxgrad: `${root}src/index.ts`, ...options.alias },
    write: false,
  });
  return outputFiles![0]!.contents;
};

/** A place under out/ for what a test makes; generated, and ignored by git. */
export const outPath = (path: string): string => {
  const full = `${root}out/${path}`;
  mkdirSync(dirname(full), { recursive: true });
  return full;
};
