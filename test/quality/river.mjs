import { existsSync } from "node:fs";
import { join } from "node:path";
import { accuracy, fBeta, mae, matrix, rmse, together } from "rxgrad";
import { rowsOf, textOf } from "./csv.mjs";
import { linear } from "./linear.mjs";

/** River's protocol, in the order of the file: predict, update the metrics, learn. */
export const riverRun = ({ x, y }, { kind, rate }) => {
  const own = linear(x[0].length, 1, { kind, rate });
  const metrics = together(
    kind === "yes" ? { accuracy: accuracy(), f1: fBeta(1) } : { mae: mae(), rmse: rmse() },
  );
  let state = metrics.init();
  const predictions = x.map((row, i) => {
    const [input, target] = [matrix([row]), matrix([[y[i]]])];
    const prediction = own.predict(input);
    state = metrics.step(state, { prediction, target });
    own.learn(input, target);
    return prediction.data[0];
  });
  own.close();
  return { predictions, ...metrics.read(state) };
};

/** What River's benchmarks have published, to their digits. */
const published = [
  { file: "phishing", target: "is_phishing", kind: "yes", rate: 0.005, accuracy: 0.8872, f1: 0.8712 },
  {
    file: "trump_approval",
    target: "five_thirty_eight",
    kind: "value",
    rate: 0.01,
    mae: 1.3145,
    rmse: 3.912,
  },
  {
    file: "trump_approval",
    target: "five_thirty_eight",
    kind: "value",
    rate: 0.005,
    mae: 1.6203,
    rmse: 4.536,
  },
  { file: "chick_weights", target: "weight", kind: "value", rate: 0.01, mae: 23.7587, rmse: 37.04 },
];

/** `node test/quality/river.mjs <folder>`: with these files in it, as CSV, whatever stands before their names. */
const main = (folder) => {
  let [wrong, found] = [0, 0];
  for (const { file, target, kind, rate, ...expected } of published) {
    const path = [`river_${file}.csv.gz`, `river_${file}.csv`, `${file}.csv.gz`, `${file}.csv`]
      .map((name) => join(folder, name))
      .find(existsSync);
    if (!path) {
      console.log(`${file}: no such file in ${folder}`);
      continue;
    }
    found++;
    const rows = rowsOf(textOf(path));
    const names = Object.keys(rows[0]).filter((name) => name !== target);
    const data = {
      x: rows.map((row) => names.map((name) => Number(row[name]))),
      y: rows.map((row) => Number(row[target])),
    };
    const { predictions, ...got } = riverRun(data, { kind, rate });
    for (const [metric, value] of Object.entries(expected)) {
      const digits = String(value).split(".")[1].length;
      const same = Math.abs(got[metric] - value) <= 0.5 * 10 ** -digits + 1e-9;
      if (!same) wrong++;
      console.log(
        `${file}, sgd(${rate}): ${metric} ${got[metric]}, published ${value}${same ? "" : "  DIFFERS"}`,
      );
    }
  }
  process.exitCode = wrong > 0 || found === 0 ? 1 : 0;
};

if (process.argv[1]?.endsWith("river.mjs")) main(process.argv[2] ?? ".");
