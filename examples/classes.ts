import {
  adam,
  categoricalCrossentropy,
  chain,
  confusionMatrix,
  dense,
  epochs,
  fold,
  matrix,
  model,
  scaler,
  split,
  standardize,
  toRows,
  train,
} from "rxgrad";
import { lastValueFrom, of } from "rxjs";
import { penguins, species } from "./penguins.ts";
import { whenMain } from "./whenMain.ts";

/** Several classes: which of three species a penguin is of. */
export const classes = async (log: (line: string) => void = console.log) => {
  const [known, unknown] = split(penguins(), { fraction: 0.7, seed: 1 });
  const inputs = scaler();
  for (const { x } of known) inputs.learn(x);

  const net = model(chain(dense(4, 12, { activation: "relu" }), dense(12, 3, { activation: "softmax" })), {
    seed: 1,
  });
  await lastValueFrom(
    epochs(known, 40, { batchSize: 16 }).pipe(
      standardize({ inputs, freeze: true }),
      train(net, { loss: categoricalCrossentropy(), optimizer: adam(0.01) }),
    ),
  );

  const prediction = net.predict(inputs.transform(matrix(unknown.map(({ x }) => x))));
  const scored = { prediction, target: matrix(unknown.map(({ y }) => [y])) };
  const confusion = await lastValueFrom(of(scored).pipe(fold(confusionMatrix())));
  log(`predicted:  ${species.join("  ")}`);
  toRows(confusion.matrix).forEach((row, i) => {
    log(
      `${species[i]!.padEnd(12)}${row.map((count, j) => String(count).padStart(species[j]!.length)).join("  ")}`,
    );
  });
  log(`F1          ${confusion.f1.map((f1, j) => f1.toFixed(3).padStart(species[j]!.length)).join("  ")}`);
  return confusion;
};

whenMain(import.meta.url, () => classes());
