import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { tally } from "./test/support/tally.ts";

const config: ViteUserConfig = defineConfig({
  resolve: {
    alias: {
      // a worker is a program of its own, which needs the built files
      "rxgrad/node": fileURLToPath(new URL("./dist/bundle/node/index.js", import.meta.url)),
      "rxgrad/blas": fileURLToPath(new URL("./src/node/blas.ts", import.meta.url)),
      rxgrad: fileURLToPath(new URL("./src/index.ts", import.meta.url)),
    },
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
