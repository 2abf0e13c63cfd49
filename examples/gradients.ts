import {
  chain,
  dense,
  gradients$,
  type Matrix,
  mapGradient,
  matrix,
  meanSquaredError,
  model,
  named,
  sgd,
  train,
} from "rxgrad";
import { lastValueFrom, merge, of, tap } from "rxjs";
import { whenMain } from "./whenMain.ts";

const size = ({ data }: Matrix): number => Math.hypot(...data);
const louder = (gradient: Matrix): Matrix => ({ ...gradient, data: gradient.data.map((g) => 20 * g) });
const batch = {
  x: matrix([
    [0.5, -1],
    [1, 0.3],
    [-0.7, 0.2],
  ]),
  y: matrix([[1], [0], [1]]),
};

/** Watches what comes back through five layers with a tap, and changes it with a layer. */
export const gradients = async (log: (line: string) => void = console.log) => {
  const net = model(
    chain(
      named("first", dense(2, 8, { activation: "sigmoid" })),
      dense(8, 8, { activation: "sigmoid" }),
      mapGradient(louder), // what passes here on the way back is twenty times as large
      named("third", dense(8, 8, { activation: "sigmoid" })),
      named("fourth", dense(8, 8, { activation: "sigmoid" })),
      named("last", dense(8, 1)),
    ),
    { seed: 1 },
  );

  const names = ["last", "fourth", "third", "first"] as const;
  const sizes = { last: 0, fourth: 0, third: 0, first: 0 };
  const watching = merge(
    ...names.map((name) =>
      gradients$(net, name).pipe(
        tap(({ value }) => {
          sizes[name] = size(value);
        }),
      ),
    ),
  ).subscribe();
  await lastValueFrom(of(batch).pipe(train(net, { loss: meanSquaredError(), optimizer: sgd(0.1) })));
  watching.unsubscribe();

  for (const name of names) log(`gradient of what ${name} answers: ${sizes[name].toExponential(2)}`);
  return sizes;
};

whenMain(import.meta.url, () => gradients());
