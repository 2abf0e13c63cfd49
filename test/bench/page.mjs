import { operations } from "./operations.mjs";

// The page of one contender in one workload, as worker.mjs is its process.
const modules = {
  rxgrad: () => import("./contenders/rxgrad.mjs"),
  plain: () => import("./contenders/plain.mjs"),
  tfjs: () => import("./contenders/tfjs.mjs"),
  jax: () => import("./contenders/jax.mjs"),
};
globalThis.answer = operations((module) => modules[module]());
