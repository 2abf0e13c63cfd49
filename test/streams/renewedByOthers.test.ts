import { chain, dense, meanSquaredError, minibatch, model, prequential, type Sample, sgd } from "rxgrad";
import { from } from "rxjs";
import { expect, it } from "vitest";
import { stateOf } from "../support/modelState.ts";

it.each([5, { inputs: [99] }, { inputs: [-1] }, { indices: 7 }, { outputs: ["0"] }, { columns: [0] }])(
  "prequential() leaves out a sample that says of columns that there are not that they were renewed: %o",
  (renewed) => {
    const net = model(chain(dense(2, 1)), { seed: 1 });
    const before = stateOf(net);
    const seen: unknown[] = [];
    net.rejected$.subscribe(({ error }) => seen.push(error.name));
    from([{ x: [1, 2], y: 1, renewed } as unknown as Sample])
      .pipe(
        minibatch(1, { onInvalid: "skip", rejected: (_, { name }) => seen.push(name) }),
        prequential(net, { loss: meanSquaredError(), optimizer: sgd(0.1), onInvalid: "skip" }),
      )
      .subscribe({ next: () => seen.push("a step"), complete: () => seen.push("complete") });
    expect(seen).toEqual(["InvalidInputError", "complete"]);
    expect(stateOf(net)).toBe(before);
  },
);

it.each([5, null, { inputs: 7 }, { outputs: "0" }, { indices: [3] }])(
  "minibatch() leaves out a sample whose renewed is %o while another one waits, and keeps that",
  (renewed) => {
    const [batches, refused]: [number[][], unknown[]] = [[], []];
    from([
      { x: [1, 2], y: 1 },
      { x: [3, 4], y: 2, renewed },
      { x: [5, 6], y: 3 },
    ] as Sample[])
      .pipe(minibatch(2, { onInvalid: "skip", rejected: (_, { name }) => refused.push(name) }))
      .subscribe(({ x }) => batches.push([...x.data]));
    expect(batches).toEqual([[1, 2, 5, 6]]);
    expect(refused).toEqual(["InvalidInputError"]);
  },
);
