import type { Service } from "./service.ts";

/** What there is to count, and what it is in the words of Prometheus. */
const kinds = {
  predictions: "counter",
  learned: "counter",
  waiting: "gauge",
  duplicate: "counter",
  late: "counter",
  expired: "counter",
} as const;

/** The state of a service as text for Prometheus. */
export const exposition = (service: Service, requests: ReadonlyMap<string, number>): string => {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(service.counts())) {
    const kind = kinds[name as keyof typeof kinds];
    const full = `rxgrad_${name}${kind === "counter" ? "_total" : ""}`;
    lines.push(`# TYPE ${full} ${kind}`, `${full} ${value}`);
  }
  lines.push("# TYPE rxgrad_requests_total counter");
  for (const [labels, value] of requests) lines.push(`rxgrad_requests_total{${labels}} ${value}`);
  const { rows, metrics } = service.scores();
  lines.push(
    "# TYPE rxgrad_scored_total counter",
    `rxgrad_scored_total ${rows}`,
    "# TYPE rxgrad_score gauge",
  );
  for (const [metric, score] of Object.entries(metrics))
    for (const [of, value] of Object.entries(score))
      if (Number.isFinite(value)) lines.push(`rxgrad_score{metric="${metric}",of="${of}"} ${value}`);
  return `${lines.join("\n")}\n`;
};
