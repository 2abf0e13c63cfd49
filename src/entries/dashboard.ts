export { dashboard } from "../dashboard/dashboard.ts";
export type { DashboardOptions } from "../dashboard/dashboardOptions.ts";
export type { Series } from "../dashboard/readingsOf.ts";
