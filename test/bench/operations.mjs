import { NotApplicable } from "./contenders/NotApplicable.mjs";
import { dataOf, dense } from "./workloads.mjs";

/** What one contender in one workload does when it is asked (see processes.mjs), in a process or on a page. */
export const operations = (importContender) => {
  let contender;
  const known = {
    load: async ({ workload, module, variant, sparse }) => {
      const { load } = await importContender(module);
      const data = dataOf(workload);
      contender = await load(workload, sparse ? data : dense(data, workload), variant);
      return { exact: contender.exact, note: contender.note };
    },
    run: ({ n }) => {
      const busy = globalThis.process?.cpuUsage();
      const start = performance.now();
      const loss = contender.run(n);
      const seconds = (performance.now() - start) / 1000;
      const { user, system } = globalThis.process?.cpuUsage(busy) ?? {};
      return { seconds, loss, ...(busy ? { cpuSeconds: (user + system) / 1e6 } : {}) };
    },
    answer: () => ({ answer: contender.answer?.() }),
  };
  return async (request) => {
    try {
      return await known[request.op](request);
    } catch (error) {
      const reason = String(error?.message ?? error).split("\n")[0];
      return { failed: reason, notApplicable: error instanceof NotApplicable };
    }
  };
};
