import { NotApplicable } from "./contenders/NotApplicable.mjs";
import { dataOf, dense } from "./workloads.mjs";

/** The process of one contender in one workload: it answers requests, one at a time (see processes.mjs). */
const operations = (() => {
  let contender;
  return {
    load: async ({ workload, module, variant, sparse }) => {
      const { load } = await import(`./contenders/${module}.mjs`);
      const data = dataOf(workload);
      contender = await load(workload, sparse ? data : dense(data, workload), variant);
      return { exact: contender.exact, note: contender.note };
    },
    run: async ({ n }) => {
      const start = performance.now();
      const loss = await contender.run(n);
      return { seconds: (performance.now() - start) / 1000, loss };
    },
    answer: async () => ({ answer: contender.answer ? await contender.answer() : undefined }),
  };
})();

process.on("message", async (request) => {
  try {
    process.send(await operations[request.op](request));
  } catch (error) {
    const reason = String(error?.message ?? error).split("\n")[0];
    process.send({ failed: reason, notApplicable: error instanceof NotApplicable });
  }
});
