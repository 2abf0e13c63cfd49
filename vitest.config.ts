import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { tally } from "./test/support/tally.ts";

const config: ViteUserConfig = defineConfig({
  resolve: { alias: { rxgrad: fileURLToPath(new URL("./src/index.ts", import.meta.url)) } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ["default", tally()],
  },
});

export default config;
