import { DataPointType, type InMemoryMetricExporter } from "@opentelemetry/sdk-metrics";
import { instruments, openTelemetryName, prometheusName } from "../../src/adapters/instruments.ts";

/** What OpenTelemetry exported last, in the words of {@link scraped}. */
export const exported = (exporter: InMemoryMetricExporter): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  const last = exporter.getMetrics().at(-1);
  const names = new Map(
    Object.values(instruments).map((one) => [openTelemetryName(one), prometheusName(one)] as const),
  );
  for (const { descriptor, dataPointType, dataPoints } of last?.scopeMetrics.flatMap((s) => s.metrics) ??
    []) {
    const name = names.get(descriptor.name)!;
    for (const { attributes, value } of dataPoints) {
      const put = (suffix: string, number: number, more: Readonly<Record<string, unknown>> = {}) => {
        const labels = Object.entries({ ...attributes, ...more }).map(([key, of]) => `${key}="${of}"`);
        found.set(`${name}${suffix}{${labels.sort().join(",")}}`, number + 0); // −0 is written as 0
      };
      if (dataPointType !== DataPointType.HISTOGRAM) {
        put("", value as number);
        continue;
      }
      const { buckets, count, sum } = value as {
        readonly buckets: { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
        readonly count: number;
        readonly sum: number;
      };
      let below = 0;
      buckets.boundaries.forEach((bound, i) => {
        below += buckets.counts[i]!;
        put("_bucket", below, { le: bound });
      });
      put("_bucket", count, { le: "+Inf" });
      put("_count", count);
      put("_sum", sum);
    }
  }
  return found;
};
