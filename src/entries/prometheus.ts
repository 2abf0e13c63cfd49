/**
 * What is learned and served as metrics in a registry of prom-client.
 * @module
 */

export type { PrometheusOptions } from "../adapters/prometheus.ts";
export { prometheus } from "../adapters/prometheus.ts";
export type { StepsOptions, Telemetry } from "../adapters/telemetry.ts";
export type { TelemetryOptions } from "../adapters/telemetryOptions.ts";
