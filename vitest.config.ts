import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { tally } from "./test/support/tally.ts";

const at = (path: string): string => `${fileURLToPath(new URL(".", import.meta.url))}${path.slice(2)}`;

const config: ViteUserConfig = defineConfig({
  resolve: {
    alias: [
      // a worker is a program of its own, which needs the built files
      { find: "rxgrad/node", replacement: at("./dist/bundle/node/index.js") },
      { find: "rxgrad/blas", replacement: at("./src/node/blas.ts") },
      { find: /^rxgrad\/(\w+)$/, replacement: at("./src/entries/$1.ts") },
      { find: /^rxgrad$/, replacement: at("./src/index.ts") },
    ],
  },
  test: {
    server: { deps: { external: [/\/dist\//, /\/test\/node\/fixtures\//] } },
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ["default", tally()],
  },
});

export default config;
