/**
 * What is learned and served as metrics of OpenTelemetry.
 * @module
 */

export type { OpenTelemetryOptions } from "../adapters/opentelemetry.ts";
export { opentelemetry } from "../adapters/opentelemetry.ts";
export type { StepsOptions, Telemetry } from "../adapters/telemetry.ts";
export type { TelemetryOptions } from "../adapters/telemetryOptions.ts";
