export type { Logger, LogLevel, LogLines, LogToOptions } from "../adapters/logTo.ts";
export { logTo } from "../adapters/logTo.ts";
