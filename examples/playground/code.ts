import { dataSets } from "./dataSets.ts";
import { extraInputs } from "./inputs.ts";
import { lookBack } from "./learning.ts";
import type { Settings } from "./settings.ts";

const rules: Readonly<Record<Settings["optimizer"], string>> = {
  sgd: "sgd(rate$)",
  momentum: "sgd(rate$, { momentum: 0.9 })",
  adagrad: "adagrad(rate$)",
  rmsprop: "rmsprop(rate$)",
  adam: "adam(rate$)",
  lion: "lion(rate$)",
  cocob: "cocob()",
};
const detectors: Readonly<Record<Settings["detector"], string>> = {
  adwin: "worsening(adwin({ clock: 8 }))",
  hddmA: "hddmA()",
  pageHinkley: 'pageHinkley({ threshold: 5, direction: "up" })',
};

/** The program that the page runs, for these settings; `samples$`, `rate$` and `show` are the page's. */
export const codeOf = (settings: Settings): string => {
  const { layers, activation, seed, batch, optimizer, penalty, strength, detector, policy, data, extras } =
    settings;
  const numbers = dataSets[data].task === "numbers";
  const widths = [2 + extras.length, ...layers, 1];
  const denses = widths.slice(1).map((width, i) => {
    const f = i < layers.length ? activation : numbers ? undefined : "sigmoid";
    return `dense(${widths[i]}, ${width}${f ? `, { activation: "${f}" }` : ""})`;
  });
  const rule =
    penalty === "none"
      ? rules[optimizer]
      : `inOrder(${penalty === "l1" ? "l1" : "weightDecay"}(${strength}), ${rules[optimizer]})`;
  const more = extras.map((extra) => extraInputs[extra].code).join(", ");
  const beside =
    more &&
    `
    map(({ x: [a, b], y }) => ({
      x: [a, b, ${more}],
      y,
    })),`;
  const score = numbers ? "r2()" : "accuracy()";
  const body = `const net = model(
  chain(
    ${denses.join(",\n    ")},
  ),
  { seed: ${seed} },
);
${numbers ? errorOfNumbers : errorOfClasses}
${detector === "adwin" ? onlyWorse : ""}
samples$ // { x: [a, b], y${numbers ? "" : ": 0 or 1"} }, without end
  .pipe(${beside}
    minibatch(${batch}),
    adapting(net, {
      loss: ${numbers ? "meanSquaredError()" : "binaryCrossentropy()"},
      optimizer: ${rule},${rule.includes("rate$") ? " // an Observable: the slider" : ""}
      detector: ${detectors[detector]},
      monitor: wrongness,
      policy: ${policy}(),
      metrics: { score: rolling(${lookBack(batch)}, ${score}) },
    }),
  )
  .subscribe(({ loss, metrics, drift }) => show(loss, metrics.score, drift));
`;
  const used = names.filter((name) => new RegExp(`(?<![\\w.$])${name}\\(`).test(body));
  return `import {
${inLines(used)}
} from "rxgrad";
${more && 'import { map } from "rxjs";\n'}
${body.replace(/\n{3,}/g, "\n\n")}`;
};

/** Names in lines that are not too long. */
const inLines = (words: readonly string[]): string => {
  const lines = [" "];
  for (const word of words) {
    const last = lines.length - 1;
    if (lines[last]!.length + word.length < 62) lines[last] += ` ${word},`;
    else lines.push(`  ${word},`);
  }
  return lines.join("\n");
};

const names = [
  ...[
    "accuracy",
    "adagrad",
    "adam",
    "adapting",
    "adwin",
    "alertOnly",
    "binaryCrossentropy",
    "chain",
    "cocob",
  ],
  ...[
    "dense",
    "hddmA",
    "inOrder",
    "l1",
    "lion",
    "meanSquaredError",
    "minibatch",
    "model",
    "pageHinkley",
    "r2",
  ],
  ...["raiseRate", "resetOptimizer", "restart", "rmsprop", "rolling", "sgd", "weightDecay"],
];

const errorOfClasses = `
const wrong = accuracy(); // how wrong a batch was, from 0 to 1
const wrongness = (step) => 1 - wrong.read(wrong.step(wrong.init(), step));`;

const errorOfNumbers = `
const wrongness = ({ prediction: { data }, target }) => // how wrong a batch was
  Math.min(
    1,
    data.reduce((sum, p, i) => sum + Math.abs(p - target.data[i]), 0) / data.length,
  );`;

const onlyWorse = `
const worsening = (detector) => ({ // learning is a change, too, but no drift
  init: () => ({ inner: detector.init(), worse: false }),
  step: ({ inner }, error) => {
    const before = detector.read(inner).estimate;
    const after = detector.step(inner, error);
    return { inner: after, worse: detector.read(after).estimate > before };
  },
  read: ({ inner, worse }) => ({
    ...detector.read(inner),
    drift: detector.read(inner).drift && worse,
  }),
});
`;
