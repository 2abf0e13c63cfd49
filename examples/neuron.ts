import { binaryCrossentropy, dense, epochs, model, scaler, sgd, train, zeroInit } from "rxgrad";
import { lastValueFrom } from "rxjs";
import { penguins } from "./penguins.ts";
import { whenMain } from "./whenMain.ts";

/** A penguin's beak as two numbers of about −1 … 1, and whether it is a Gentoo. */
const beaks = (): { x: number[]; y: number }[] => {
  const all = penguins().map(({ x, y }) => ({ x: x.slice(0, 2), y: y === 2 ? 1 : 0 }));
  const inputs = scaler();
  for (const { x } of all) inputs.learn(x);
  return all.map(({ x, y }) => ({ x: [...inputs.transform(x)], y }));
};

/** One neuron is logistic regression: backpropagation through it and gradient descent on it are the same thing. */
export const neuron = async (log: (line: string) => void = console.log) => {
  const samples = beaks();
  const n = samples.length;

  const net = model(dense(2, 1, { activation: "sigmoid", init: zeroInit() }), { precision: "float64" });
  await lastValueFrom(
    epochs(samples, 200, { batchSize: n, shuffle: false }).pipe(
      train(net, { loss: binaryCrossentropy(), optimizer: sgd(1) }),
    ),
  );
  const learned = net.parameters.flatMap(({ value }) => [...value.data]);

  const w = [0, 0, 0]; // the same by hand; the last weighs 1
  const probability = (x: number[]) => 1 / (1 + Math.exp(-(x[0]! * w[0]! + x[1]! * w[1]! + w[2]!)));
  for (let epoch = 0; epoch < 200; epoch++) {
    const gradient = [0, 0, 0];
    for (const { x, y } of samples)
      [...x, 1].forEach((xi, i) => {
        gradient[i]! += ((probability(x) - y) * xi) / n;
      });
    gradient.forEach((g, i) => {
      w[i]! -= g;
    });
  }

  const right = samples.filter(({ x, y }) => probability(x) > 0.5 === (y === 1)).length;
  log(`the network's neuron: ${learned.map((v) => v.toFixed(6)).join(" ")}`);
  log(`logistic regression:  ${w.map((v) => v.toFixed(6)).join(" ")}`);
  log(`it tells a Gentoo by its beak ${right} times of ${n}`);
  return { learned, byHand: w, accuracy: right / n };
};

whenMain(import.meta.url, () => neuron());
