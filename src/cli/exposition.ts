import { type InstrumentName, instruments, prometheusName } from "../adapters/instruments.ts";
import type { Service } from "./service.ts";

type Series = readonly [labels: Readonly<Record<string, string>>, value: number];

/**
 * The state of a service as text for Prometheus, by the names that `rxgrad/prometheus` has, so that one dashboard shows both; and
 * the requests, which only a server has.
 */
export const exposition = (service: Service, requests: ReadonlyMap<string, number>): string => {
  const { predictions, learned, waiting, duplicate, late, expired, joined } = service.counts();
  const scores = Object.entries(service.scores().metrics);
  const outcomes = Object.entries({ joined, duplicate, late, expired });
  const told: readonly (readonly [InstrumentName, readonly Series[]])[] = [
    ["predictions", [[{}, predictions]]],
    ["rows", [[{}, learned]]],
    ["labels", outcomes.map(([outcome, count]) => [{ outcome }, count])],
    ["labelsPending", [[{}, waiting]]],
    ["metric", scores.map(([metric, { model }]) => [{ metric }, model])],
    ["baseline", scores.flatMap(([metric, score]) => baselinesOf(metric, score))],
  ];
  const lines = told.flatMap(([name, series]) => {
    const { kind, help } = instruments[name];
    const full = prometheusName(instruments[name]);
    const found = series.filter(([, value]) => Number.isFinite(value));
    const values = found.map(
      ([labels, value]) => `${full}${labelled({ model: service.name, ...labels })} ${value}`,
    );
    return values.length > 0 ? [`# HELP ${full} ${help}`, `# TYPE ${full} ${kind}`, ...values] : [];
  });
  const asked = [...requests].map(([labels, value]) => `rxgrad_requests_total{${labels}} ${value}`);
  return `${[...lines, "# HELP rxgrad_requests_total Requests by their answers", "# TYPE rxgrad_requests_total counter", ...asked].join("\n")}\n`;
};

const baselinesOf = (
  metric: string,
  scores: { readonly usual: number; readonly last: number },
): readonly Series[] =>
  (["usual", "last"] as const).map((baseline) => [{ metric, baseline }, scores[baseline]]);

const labelled = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",")}}`;

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
