/**
 * What is learned and served as structured log lines, for pino and loggers of its shape.
 * @module
 */

export type { Logger, LogLevel, LogLines, LogToOptions } from "../adapters/logTo.ts";
export { logTo } from "../adapters/logTo.ts";
