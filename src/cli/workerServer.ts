import { createServer, type Server } from "node:http";
import type { RoundReport } from "../scale/report.ts";

/** How it stands with a worker. */
export interface WorkerStanding {
  readonly rounds: number;
  readonly last: RoundReport | undefined;
  /** Events that it could not learn, by reason. */
  readonly left: Readonly<Record<string, number>>;
}

/** Tells of a worker: `/metrics` for Prometheus, `/health` for who looks whether it lives. */
export const workerServer = (standing: () => WorkerStanding): Server =>
  createServer({ requestTimeout: 10_000 }, ({ method, url }, response) => {
    const path = method === "GET" ? url?.split("?", 1)[0] : undefined;
    const answers: Readonly<Record<string, readonly [string, () => string]>> = {
      "/metrics": ["text/plain; version=0.0.4; charset=utf-8", () => metricsOf(standing())],
      "/health": ["application/json", () => healthOf(standing())],
    };
    const answer = path !== undefined && Object.hasOwn(answers, path) ? answers[path] : undefined;
    response.writeHead(answer ? 200 : 404, {
      "content-type": answer?.[0] ?? "text/plain",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    response.end(answer?.[1]() ?? "GET /metrics and /health\n");
  });

const healthOf = ({ rounds, last }: WorkerStanding): string =>
  `${JSON.stringify({ status: "ok", rounds, round: last?.round ?? null, members: last?.members ?? [] })}\n`;

const metricsOf = ({ rounds, last, left }: WorkerStanding): string => {
  const lines: string[] = [];
  const put = (name: string, kind: "counter" | "gauge", values: Readonly<Record<string, number>>): void => {
    lines.push(`# TYPE ${name} ${kind}`);
    for (const [labels, value] of Object.entries(values)) lines.push(`${name}${labels} ${value}`);
  };
  const labelled = (label: string, values: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`{${label}="${name}"}`, value]));
  put("rxgrad_worker_rounds_total", "counter", { "": rounds });
  put("rxgrad_worker_left_out_total", "counter", labelled("why", left));
  if (last) {
    const { learning, reading, exchange, waiting } = last.time;
    put("rxgrad_round", "gauge", { "": last.round });
    put("rxgrad_round_members", "gauge", { "": last.members.length });
    put("rxgrad_round_events", "gauge", { "": last.samples });
    if (Number.isFinite(last.loss)) put("rxgrad_round_loss", "gauge", { "": last.loss });
    put("rxgrad_round_bytes", "gauge", { "": last.bytes });
    put("rxgrad_round_milliseconds", "gauge", labelled("of", { learning, reading, exchange, waiting }));
    put("rxgrad_refused_total", "counter", labelled("reason", last.refusedFor));
    put("rxgrad_repeated_total", "counter", { "": last.repeated });
  }
  return `${lines.join("\n")}\n`;
};
