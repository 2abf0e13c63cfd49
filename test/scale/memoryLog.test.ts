import { memoryLog } from "../../src/scale/memoryLog.ts";
import { updateLogLaws } from "./updateLogLaws.ts";

updateLogLaws("memoryLog()", async () => {
  const logs = new Map<string, ReturnType<typeof memoryLog>>();
  return {
    log: async (name) => {
      const log = logs.get(name) ?? memoryLog();
      logs.set(name, log);
      return log.client();
    },
    end: async () => {},
  };
});
