/**
 * The live page: what a stream of steps learns, in a browser on this machine.
 * @module
 */

export { dashboard } from "../dashboard/dashboard.ts";
export type { DashboardOptions } from "../dashboard/dashboardOptions.ts";
export type { Series } from "../dashboard/readingsOf.ts";
