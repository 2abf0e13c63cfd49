// Long because a page that needs no network carries its style and its script.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Guesser, guessers } from "./rivals.ts";
import type { Score, Standing } from "./scoring.ts";

const titles: Record<Guesser, string> = {
  network: "network",
  recent: "recent rate at the origin",
  running: "running rate",
};

/** The learning curve as a page that opens in any browser, with nothing to load: what was measured, drawn by uPlot. */
export const page = (curve: readonly Standing[]): string => {
  const last = curve.at(-1)!;
  const flights = last.flights.toLocaleString("en-US");
  const columns = (key: keyof Score): (number | null)[][] => [
    curve.map((standing) => standing.flights),
    ...guessers.map((guesser) => curve.map(({ lately }) => rounded(lately[guesser][key]))),
  ];
  const data = { titles: guessers.map((g) => titles[g]), logLoss: columns("logLoss"), auc: columns("auc") };
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>rxgrad: ${flights} flights</title>
<style>${asset("uPlot.min.css")}${style}</style>
<main>
<h1>Which flights will land late?</h1>
<p>An rxgrad network predicted each of ${flights} US flights of 2001 when it departed, and learned from it when it had landed.</p>
<div class="tiles">
${tile("log loss", last, "logLoss", 3)}
${tile("AUC", last, "auc", 3)}
${tile("error of the delay, minutes", last, "mae", 1)}
</div>
<figure><figcaption>Log loss of the last 50,000 flights <small>lower is better</small></figcaption><div id="logLoss"></div></figure>
<figure><figcaption>AUC of the last 50,000 flights <small>higher is better</small></figcaption><div id="auc"></div></figure>
<p><small>A flight is late if it lands more than 15 minutes after its time. Landing is taken to be half an hour after departure,
plus the distance at 8 miles a minute, plus the delay; time zones are ignored. The recent rate has a half-life of an hour.</small></p>
</main>
<script>${asset("uPlot.iife.min.js")}</script>
<script>const curve = ${JSON.stringify(data)};${script}</script>
</html>
`;
};

const asset = (name: string): string =>
  readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), "utf8");

const rounded = (x: number): number | null => (Number.isFinite(x) ? Number(x.toFixed(4)) : null);

const tile = (title: string, { all }: Standing, key: keyof Score, digits: number): string => {
  const { network, recent, running } = all;
  const of = (score: Score): string => score[key].toFixed(digits);
  return `<div><span>${title}</span><strong>${of(network)}</strong><span>origin ${of(recent)} · running ${of(running)}</span></div>`;
};

const style = `
:root { color-scheme: light dark; --ink: #1f2933; --soft: #66727f; --grid: #e4e8ec; --paper: #fff;
  --c0: #1d5fd1; --c1: #d9730d; --c2: #8b95a1; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaee; --soft: #9aa5b1; --grid: #2b333b; --paper: #14181c;
  --c0: #6ea8fe; --c1: #f2a65a; --c2: #7b8794; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem; }
h1 { font-size: 1.6rem; margin: 0; } p { margin: .4rem 0 1.2rem; } small, .tiles span { color: var(--soft); }
.tiles { display: flex; flex-wrap: wrap; gap: 1rem; margin-bottom: 1.5rem; }
.tiles div { flex: 1 1 12rem; border: 1px solid var(--grid); border-radius: .5rem; padding: .7rem 1rem; }
.tiles span { display: block; font-size: .85rem; } .tiles strong { font-size: 1.7rem; color: var(--c0); }
figure { margin: 0 0 1.5rem; } figcaption { font-weight: 600; margin-bottom: .3rem; } figcaption small { font-weight: 400; }
.u-legend { font-size: .85rem; text-align: left; } .u-legend .u-value { font-variant-numeric: tabular-nums; }
.u-legend .u-marker { height: .25em; vertical-align: middle; }`;

const script = `
const color = (name) => () => getComputedStyle(document.documentElement).getPropertyValue(name);
const short = (n) => n == null ? "" : n >= 1e6 ? +(n / 1e6).toFixed(2) + " M" : n >= 1e3 ? +(n / 1e3).toFixed(1) + " k" : String(n);
const axis = (label) => ({ label, stroke: color("--soft"), labelSize: 22, labelFont: "13px system-ui", font: "12px system-ui",
  grid: { stroke: color("--grid"), width: 1 }, ticks: { stroke: color("--grid"), width: 1 } });
const charts = [["logLoss", "log loss"], ["auc", "AUC"]].map(([id, label]) => {
  const place = document.getElementById(id);
  const chart = new uPlot({
    width: place.clientWidth, height: 300,
    cursor: { sync: { key: "flights" }, drag: { x: true, y: false } },
    scales: { x: { time: false } },
    hooks: { ready: [(u) => u.setLegend({ idx: curve[id][0].length - 1 })] },
    axes: [{ ...axis("flights landed"), size: 34, values: (_, splits) => splits.map(short) }, { ...axis(label), size: 58 }],
    series: [{ label: "flights", value: (_, n) => n == null ? "" : n.toLocaleString("en-US") },
      ...curve.titles.map((label, i) => ({ label, stroke: color("--c" + i), width: i ? 1.5 : 2.5, points: { show: false },
        value: (_, v) => v == null ? "" : v.toFixed(3) }))],
  }, curve[id], place);
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: 300 })).observe(place);
  return chart;
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((chart) => chart.redraw()));`;
