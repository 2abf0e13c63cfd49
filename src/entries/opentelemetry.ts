export type { OpenTelemetryOptions } from "../adapters/opentelemetry.ts";
export { opentelemetry } from "../adapters/opentelemetry.ts";
export type { StepsOptions, Telemetry } from "../adapters/telemetry.ts";
