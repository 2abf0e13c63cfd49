import {
  adam,
  chain,
  dense,
  epochs,
  huber,
  mae,
  matrix,
  model,
  r2,
  residual,
  scaler,
  split,
  standardize,
  train,
} from "rxgrad";
import { lastValueFrom } from "rxjs";
import { rowsOf } from "./datasets.ts";
import { whenMain } from "./whenMain.ts";

type Car = Readonly<Record<string, number | string | null>>;

/** What a car is, and how far it gets: miles per gallon. */
const cars = () =>
  rowsOf<Car>("cars.json").flatMap((car) => {
    const numbers = [car.Cylinders, car.Displacement, car.Horsepower, car.Weight_in_lbs, car.Acceleration];
    const x = [...numbers, Number(String(car.Year).slice(0, 4))].filter((v) => typeof v === "number");
    return x.length === 6 && typeof car.Miles_per_Gallon === "number" ? [{ x, y: car.Miles_per_Gallon }] : [];
  });

/** Regression with residual blocks: what each learns is a change of its input. */
export const mileage = async (log: (line: string) => void = console.log) => {
  const [known, unknown] = split(cars(), { fraction: 0.8, seed: 1 });
  const inputs = scaler();
  const targets = scaler();
  for (const { x, y } of known) {
    inputs.learn(x);
    targets.learn([y]);
  }

  const block = () => residual(chain(dense(16, 16, { activation: "relu" }), dense(16, 16)));
  const net = model(chain(dense(6, 16, { activation: "tanh" }), block(), block(), dense(16, 1)), { seed: 1 });
  await lastValueFrom(
    epochs(known, 60, { batchSize: 16 }).pipe(
      standardize({ inputs, targets, freeze: true }),
      train(net, { loss: huber(), optimizer: adam(2e-3) }),
    ),
  );

  const prediction = targets.inverse(net.predict(inputs.transform(matrix(unknown.map(({ x }) => x)))));
  const scored = { prediction, target: matrix(unknown.map(({ y }) => [y])) };
  const score = {
    mae: mae().read(mae().step(mae().init(), scored)),
    r2: r2().read(r2().step(r2().init(), scored)),
  };
  log(
    `${unknown.length} cars it has not seen: off by ${score.mae.toFixed(2)} miles per gallon, R² ${score.r2.toFixed(3)}`,
  );
  return score;
};

whenMain(import.meta.url, () => mileage());
