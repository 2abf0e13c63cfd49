import {
  adam,
  chain,
  dense,
  earlyStopping,
  epochs,
  matrix,
  meanSquaredError,
  model,
  random,
  train,
} from "rxgrad";
import { count, lastValueFrom, tap } from "rxjs";
import { whenMain } from "./whenMain.ts";

const rng = random(7);
/** Noisy points of a sine. */
const points = (n: number) =>
  Array.from({ length: n }, () => {
    const x = rng.uniform() * 6 - 3;
    return { x: [x], y: Math.sin(x) + 0.3 * rng.normal() };
  });

/** A net that is far too large for its few points stops when it begins to learn the noise, and goes back to its best. */
export const stopping = async (log: (line: string) => void = console.log) => {
  const known = points(30);
  const other = points(200);
  const validation = { x: matrix(other.map(({ x }) => x)), y: matrix(other.map(({ y }) => [y])) };
  const net = model(
    chain(dense(1, 64, { activation: "tanh" }), dense(64, 64, { activation: "tanh" }), dense(64, 1)),
    { seed: 1 },
  );
  const loss = meanSquaredError();

  let best = Number.POSITIVE_INFINITY;
  let last = Number.NaN;
  const steps = await lastValueFrom(
    epochs(known, 5000, { batchSize: 30 }).pipe(
      train(net, { loss, optimizer: adam(0.01), validation }),
      tap(({ validationLoss = Number.NaN }) => {
        last = validationLoss;
        best = Math.min(best, last);
      }),
      earlyStopping(net, { patience: 200, restoreBest: true }),
      count(),
    ),
  );

  const restored = loss(net.predict(validation.x), validation.y).value;
  log(`stopped after ${steps} of 5000 steps`);
  log(`validation loss: last ${last.toFixed(4)}, best ${best.toFixed(4)}, restored ${restored.toFixed(4)}`);
  return { steps, best, last, restored };
};

whenMain(import.meta.url, () => stopping());
