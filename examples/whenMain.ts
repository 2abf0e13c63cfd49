import { fileURLToPath } from "node:url";

/** Runs an example if it is the module that node was started with, and not when a test imports it. */
export const whenMain = (url: string, run: () => unknown): void => {
  if (process.argv[1] === fileURLToPath(url)) run();
};
