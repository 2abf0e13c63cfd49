import type { Guesser } from "./rivals.ts";
import type { Scores, Standing } from "./scoring.ts";

const count = (n: number): string => n.toLocaleString("en-US", { maximumFractionDigits: 0 });

/** What the figures in {@link line} are. */
export const legend = "in parentheses: the recent rate at the origin, the running rate";

/** One line on how it stands, beside how far and how fast. */
export const line = ({ flights, all }: Standing, perSecond: number): string =>
  `${count(flights)} flights, ${count(perSecond)}/s  log loss ${beside(all, "logLoss")}  AUC ${beside(all, "auc")}`;

const beside = ({ network, recent, running }: Scores, key: "logLoss" | "auc"): string =>
  `${short(network[key])} (${short(recent[key])}, ${short(running[key])})`;

const short = (n: number): string => (Number.isNaN(n) ? "–" : n.toFixed(3));

const names: Record<Guesser, string> = {
  network: "network",
  recent: "recent rate and mean delay at the origin",
  running: "running rate and median delay",
};

/** How it ended: a row for each guesser, and by how much the network beats the baselines. */
export const table = ({ flights, all }: Standing, seconds: number): string => {
  const rows = (Object.keys(names) as Guesser[]).map((guesser) => {
    const { logLoss, auc, mae } = all[guesser];
    return [names[guesser], logLoss.toFixed(4), auc.toFixed(4), `${mae.toFixed(2)} min`];
  });
  const lines = [["", "log loss", "AUC", "delay, MAE"], ...rows].map(([name = "", ...cells]) =>
    [name.padEnd(42), ...cells.map((cell) => cell.padStart(11))].join("").trimEnd(),
  );
  return [
    `${count(flights)} flights in ${seconds.toFixed(1)} s, ${count(flights / seconds)} a second; each predicted at departure, learned when landed`,
    "(landed = departed + 30 min + distance at 8 miles a minute + delay; time zones are ignored)",
    "",
    ...lines,
    "",
    beats(all, "recent", "the recent rate at the origin"),
    beats(all, "running", "the running rate"),
  ].join("\n");
};

const beats = ({ network, ...rivals }: Scores, rival: Exclude<Guesser, "network">, name: string): string => {
  const { logLoss, auc, mae } = rivals[rival];
  const gains = [
    `log loss ${change(network.logLoss / logLoss)}`,
    `AUC ${Math.abs(network.auc - auc).toFixed(3)} ${network.auc < auc ? "lower" : "higher"}`,
    `error of the delay ${change(network.mae / mae)}`,
  ];
  return `against ${name}: ${gains.join(", ")}`;
};

const change = (ratio: number): string =>
  `${Math.abs(100 * (ratio - 1)).toFixed(1)} % ${ratio > 1 ? "higher" : "lower"}`;
