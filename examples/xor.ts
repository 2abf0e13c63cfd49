import { adam, binaryCrossentropy, chain, dense, epochs, logging, type Model, model, train } from "rxgrad";
import { lastValueFrom } from "rxjs";
import { whenMain } from "./whenMain.ts";

const truths = [
  { x: [0, 0], y: 0 },
  { x: [0, 1], y: 1 },
  { x: [1, 0], y: 1 },
  { x: [1, 1], y: 0 },
];

/** What one neuron cannot learn, and two layers can. */
export const xor = async (log: (line: string) => void = console.log): Promise<Model> => {
  const net = model(chain(dense(2, 8, { activation: "tanh" }), dense(8, 1, { activation: "sigmoid" })), {
    seed: 1,
  });

  await lastValueFrom(
    epochs(truths, 300, { batchSize: 4 }).pipe(
      train(net, { loss: binaryCrossentropy(), optimizer: adam(0.05) }),
      logging({ every: 50, to: log }),
    ),
  );

  for (const { x } of truths) {
    const probability = net.predict(x).data[0]!;
    log(`${x.join(" xor ")} is 1 with probability ${probability.toFixed(3)}`);
  }
  return net;
};

whenMain(import.meta.url, () => xor());
