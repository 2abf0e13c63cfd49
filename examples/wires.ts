import { dense, matrix, meanSquaredError, node, optimize, sgd, tanh, through, toRows, wire } from "rxgrad";
import { whenMain } from "./whenMain.ts";

const rounded = (rows: number[][]) => JSON.stringify(rows.map((row) => row.map((v) => Number(v.toFixed(3)))));

/** A net of two layers without a model: wires, and nodes between them. */
export const wires = (log: (line: string) => void = console.log): number[] => {
  const input = wire({ widths: [2], seed: 1 });
  const hidden = through(input.source, dense(2, 3), tanh());

  const x = matrix([
    [0, 1],
    [1, 1],
  ]);
  const y = matrix([[1], [-1]]);
  const loss = meanSquaredError();
  const losses: number[] = [];

  // down the wires go values, batch by batch
  hidden.value$.subscribe(({ id, value }) => log(`batch ${id}: hidden ${rounded(toRows(value))}`));
  const output = node(dense(3, 1), hidden);
  output.value$.subscribe(({ id, mode, value: prediction }) => {
    log(`batch ${id}: answer ${rounded(toRows(prediction))}`);
    const { value, grad } = loss(prediction, y);
    losses.push(value);
    output.grad.next({ id, mode, value: grad }); // and gradients come back
  });

  // when the gradient has reached the input, every layer has contributed, and the weights may change
  const { weights } = input.source.wiring.circuit;
  input.sink.grad$
    .pipe(optimize(sgd(0.1), weights))
    .subscribe(({ id, value }) => log(`batch ${id}: gradient of the input ${rounded(toRows(value))}`));

  for (let id = 0; id < 50; id++) input.sink.value.next({ id, mode: "train", value: x });
  input.sink.value.complete(); // takes the graph down
  log(`loss ${losses[0]!.toFixed(4)} → ${losses.at(-1)!.toFixed(6)}`);
  return losses;
};

whenMain(import.meta.url, () => wires());
