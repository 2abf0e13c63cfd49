import { operations } from "./operations.mjs";

// The process of one contender in one workload: it answers requests, one at a time (see processes.mjs).
const answer = operations((module) => import(`./contenders/${module}.mjs`));
process.on("message", async (request) => process.send(await answer(request)));
