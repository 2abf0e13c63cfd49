import {
  adam,
  add,
  concatenate,
  constant,
  dense,
  type Frame,
  fork,
  join,
  layer,
  type Matrix,
  matrix,
  node,
  optimize,
  type Rule,
  type Sink,
  sgd,
  through,
  toRows,
  type Value,
  weights,
  wire,
} from "rxgrad";
import { type Observable, type Subject, zip } from "rxjs";
import { expect, it } from "vitest";
import { spy } from "../support/modelState.ts";

const frame = (id: number, value: Matrix, mode: "train" | "infer" = "train"): Frame => ({ id, mode, value });
const observed = (stream: unknown): boolean => (stream as Subject<unknown>).observed;
/** What has come through, copied; and the error that ended it. */
const watch = (stream$: Observable<Frame<Value>>) => {
  const seen: { values: [number, number[][]][]; errors: string[]; done: boolean } = {
    values: [],
    errors: [],
    done: false,
  };
  stream$.subscribe({
    next: ({ id, value }) => seen.values.push([id, toRows(value as Matrix)]),
    error: ({ message }) => seen.errors.push(message),
    complete: () => {
      seen.done = true;
    },
  });
  return seen;
};
const ones = () => dense(2, 2, { init: constant(1) });

it("wire() starts a graph with weights of its own, in the precision that it is told", () => {
  const { source } = wire({ precision: "float32", seed: 3 });
  node(dense(2, 2), source);
  expect(source.wiring.circuit.weights.values.data).toBeInstanceOf(Float32Array);
  expect(source.wiring.circuit.nodes).toHaveLength(1);
});

it("node() sends values down and gradients back, under the same id", () => {
  const { source, sink } = wire({ widths: [2] });
  const out = node(ones(), source);
  const values = watch(out.value$);
  const grads = watch(sink.grad$);
  sink.value.next(frame(7, matrix([[1, 2]])));
  expect(values.values).toEqual([[7, [[3, 3]]]]);
  expect(grads.values).toEqual([]);
  out.grad.next(frame(7, matrix([[1, 10]])));
  expect(grads.values).toEqual([[7, [[11, 11]]]]);
  const { parameters } = source.wiring.circuit.weights;
  expect(parameters.map(({ grad }) => toRows(grad))).toEqual([
    [
      [1, 10],
      [2, 20],
    ],
    [[1, 10]],
  ]);
});

it("node() refuses the gradient of a batch that is not in flight", () => {
  const { source, sink } = wire({ widths: [2] });
  const out = node(ones(), source);
  const grads = watch(sink.grad$);
  sink.value.next(frame(1, matrix([[1, 2]])));
  out.grad.next(frame(0, matrix([[1, 1]])));
  expect(grads.errors).toEqual([
    "dense(2, 2) expects the gradient of batch 1, which is in flight, got that of batch 0",
  ]);
});

it("node() sends what forward throws down, and what backward throws back", () => {
  const fussy = (when: "forward" | "backward") =>
    layer({
      name: "fussy()",
      forward: (x) => {
        if (when === "forward") throw new Error("in forward");
        return {
          y: x,
          backward: () => {
            throw new Error("in backward");
          },
        };
      },
    });
  const down = wire();
  const out = watch(through(down.source, fussy("forward"), ones()).value$);
  down.sink.value.next(frame(0, matrix([[1, 2]])));
  expect(out.errors).toEqual(["in forward"]);

  const up = wire();
  const end = through(up.source, ones(), fussy("backward"));
  const back = watch(up.sink.grad$);
  up.sink.value.next(frame(0, matrix([[1, 2]])));
  end.grad.next(frame(0, matrix([[1, 1]])));
  expect(back.errors).toEqual(["in backward"]);
});

it("fork() copies values to each branch, and sums the gradients that come back", () => {
  const { source, sink } = wire();
  const [a, b, c] = fork(source, 3);
  const seen = [a, b, c].map(({ value$ }) => watch(value$).values);
  const back = watch(sink.grad$);
  sink.value.next(frame(4, matrix([[1, 2]])));
  expect(seen).toEqual([[[4, [[1, 2]]]], [[4, [[1, 2]]]], [[4, [[1, 2]]]]]);
  a.grad.next(frame(4, matrix([[1, 2]])));
  c.grad.next(frame(4, matrix([[100, 200]])));
  expect(back.values).toEqual([]);
  b.grad.next(frame(4, matrix([[10, 20]])));
  expect(back.values).toEqual([[4, [[111, 222]]]]);
});

it("fork() leaves the gradients that it sums as they were", () => {
  const { source, sink } = wire();
  const [a, b] = fork(source, 2);
  sink.value.next(frame(0, matrix([[1]])));
  const given = matrix([[5]]);
  a.grad.next(frame(0, given));
  b.grad.next(frame(0, given));
  expect(toRows(given)).toEqual([[5]]);
});

it("fork() sums batches of changing sizes, many of them", () => {
  const { source, sink } = wire();
  const [a, b] = fork(source, 2);
  const back = watch(sink.grad$);
  for (let id = 0; id < 30; id++) {
    const x = matrix(Array.from({ length: 1 + ((id * 7) % 11) }, (_, i) => [i, id]));
    sink.value.next(frame(id, x));
    a.grad.next(frame(id, x));
    b.grad.next(frame(id, x));
    expect(back.values.at(-1)).toEqual([id, toRows(x).map((row) => row.map((v) => 2 * v))]);
  }
});

it("fork() sums nothing where nobody wants the gradient, and passes the message on", () => {
  const { source, sink } = wire({ wantsGrad: false });
  const [a, b] = fork(source, 2);
  const ids: number[] = [];
  sink.grad$.subscribe(({ id }) => ids.push(id));
  sink.value.next(frame(3, matrix([[1]])));
  a.grad.next(frame(3, matrix([[1]])));
  b.grad.next(frame(3, matrix([])));
  expect(ids).toEqual([3]);
});

it("fork() with one branch that brings no gradient back is an error at the next batch", () => {
  const { source, sink } = wire();
  const [a, b] = fork(source, 2);
  const [seen, other] = [watch(a.value$), watch(b.value$)];
  sink.value.next(frame(0, matrix([[1]])));
  a.grad.next(frame(0, matrix([[1]])));
  sink.value.next(frame(1, matrix([[1]])));
  const message = "fork() expects 2 gradients of batch 0 before batch 1, got 1: a loose end";
  expect([seen.errors, other.errors]).toEqual([[message], [message]]);
});

it("fork() refuses the gradient of another batch", () => {
  const { source, sink } = wire();
  const [a] = fork(source, 2);
  const back = watch(sink.grad$);
  sink.value.next(frame(1, matrix([[1]])));
  a.grad.next(frame(0, matrix([[1]])));
  expect(back.errors).toEqual(["fork() expects the gradient of batch 1, got that of batch 0"]);
});

it("fork() refuses to make no branches", () => {
  expect(() => fork(wire().source, 0)).toThrow("fork() expects a whole number of at least 1 as n, got 0");
});

it("join() waits for the same batch on every input, keeps their order, and deals gradients out", () => {
  const a = wire();
  const b = wire({ circuit: a.source.wiring.circuit });
  const both = node(concatenate(), join([a.source, b.source]));
  const seen = watch(both.value$);
  const backs = [watch(a.sink.grad$), watch(b.sink.grad$)];
  b.sink.value.next(frame(2, matrix([[3, 4]])));
  expect(seen.values).toEqual([]);
  a.sink.value.next(frame(2, matrix([[1]])));
  expect(seen.values).toEqual([[2, [[1, 3, 4]]]]);
  both.grad.next(frame(2, matrix([[5, 6, 7]])));
  expect(backs.map(({ values }) => values)).toEqual([[[2, [[5]]]], [[2, [[6, 7]]]]]);
});

it("join() refuses an input that is a batch ahead of another", () => {
  const a = wire();
  const b = wire({ circuit: a.source.wiring.circuit });
  const seen = watch(node(add(), join([a.source, b.source])).value$);
  a.sink.value.next(frame(0, matrix([[1]])));
  a.sink.value.next(frame(1, matrix([[1]])));
  expect(seen.errors).toEqual([
    "join() expects batch 0 on every input, got batch 1 on input 0 while 1 of 2 inputs are missing",
  ]);
  expect([observed(a.source.value$), observed(b.source.value$)]).toEqual([false, false]);
});

it("join() refuses inputs of different graphs, and none at all", () => {
  expect(() => join([wire().source, wire().source])).toThrow(
    "join() expects sources of one graph (wire({ circuit }) adds an input to it), got those of several",
  );
  expect(() => join([])).toThrow("join() expects at least one source, got none");
});

it("join() ends when one of its inputs ends, and lets go of the others", () => {
  const a = wire();
  const b = wire({ circuit: a.source.wiring.circuit });
  const seen = watch(node(add(), join([a.source, b.source])).value$);
  a.sink.value.complete();
  expect(seen.done).toBe(true);
  expect([observed(a.source.value$), observed(b.source.value$)]).toEqual([false, false]);
});

it("optimize() updates the weights of a graph with two inputs and two outputs, once for each batch", () => {
  const a = wire({ widths: [2], seed: 5 });
  const b = wire({ circuit: a.source.wiring.circuit, widths: [1] });
  const hidden = node(
    concatenate(),
    join([through(a.source, dense(2, 2, { activation: "tanh" })), through(b.source, dense(1, 2))]),
  );
  const [left, right] = fork(hidden, 2);
  const outputs = [through(left, dense(4, 1)), through(right, dense(4, 2, { activation: "sigmoid" }))];
  const { weights: own } = a.source.wiring.circuit;
  let updates = 0;
  // the batch is done when its gradient has reached both inputs
  zip(a.sink.grad$, b.sink.grad$)
    .pipe(optimize(adam(0.05), own))
    .subscribe(() => updates++);
  const targets = [
    matrix([[0.5], [-0.5]]),
    matrix([
      [0, 1],
      [1, 0],
    ]),
  ];
  let loss = 0;
  let returned = 0;
  const learn = (id: number) => {
    loss = 0;
    returned = 0;
    a.sink.value.next(
      frame(
        id,
        matrix([
          [1, 0],
          [0, 1],
        ]),
      ),
    );
    b.sink.value.next(frame(id, matrix([[1], [-1]])));
  };
  const answers: Matrix[] = [];
  outputs.forEach((output, i) => {
    output.value$.subscribe(({ id, value }) => {
      answers[i] = value;
      returned++;
      if (returned < 2) return;
      outputs.forEach((each, k) => {
        const grad = matrix(
          toRows(answers[k]!).map((row, r) => row.map((p, c) => p - targets[k]!.data[r * row.length + c]!)),
        );
        for (const g of grad.data) loss += g * g;
        each.grad.next(frame(id, grad));
      });
    });
  });
  learn(0);
  const first = loss;
  for (let id = 1; id < 200; id++) learn(id);
  expect(updates).toBe(200);
  expect(loss).toBeLessThan(first / 20);
});

it("optimize() says on the stream what goes wrong in a rule, and changes nothing", () => {
  const { source, sink } = wire({ widths: [1] });
  const out = node(dense(1, 1, { init: constant(2) }), source);
  const own = source.wiring.circuit.weights;
  const seen: string[] = [];
  sink.grad$.pipe(optimize(sgd(1), own)).subscribe({ error: ({ message }) => seen.push(message) });
  sink.value.next(frame(0, matrix([[1]])));
  out.grad.next(frame(0, matrix([[Number.NaN]])));
  expect(seen).toEqual([
    "sgd(1) expects finite gradients, and finite squares of them, got NaN in the gradient of dense0.W",
  ]);
  expect([...own.values.data]).toEqual([2, 0]);
});

it("optimize() refuses to go on when the graph has grown", () => {
  const { source, sink } = wire({ widths: [1] });
  const out = node(dense(1, 1), source);
  const own = source.wiring.circuit.weights;
  const seen: string[] = [];
  sink.grad$.pipe(optimize(sgd(1), own)).subscribe({ error: ({ message }) => seen.push(message) });
  const end = node(dense(1, 2), out);
  sink.value.next(frame(0, matrix([[1]])));
  end.grad.next(frame(0, matrix([[1, 1]])));
  expect(seen).toEqual([
    "sgd(1) expects the 2 weights that it started with, got 6: wire the whole graph first",
  ]);
});

it("optimize() starts a new optimizer for each subscriber", () => {
  const own = weights();
  own.of(dense(1, 1, { init: constant(1) }));
  let starts = 0;
  const rule: Rule = {
    ...spy(),
    init: (w) => {
      starts++;
      return w.zeros();
    },
  };
  const { sink } = wire() as { sink: Sink };
  const done$ = sink.grad$.pipe(optimize(rule, own));
  done$.subscribe();
  done$.subscribe();
  expect(starts).toBe(2);
});

it("wire() that completes takes down everything that hangs on it", () => {
  const { source, sink } = wire({ widths: [2] });
  const [a, b] = fork(node(ones(), source), 2);
  const end = node(add(), join([through(a, ones()), b]));
  const seen = watch(end.value$);
  const { nodes } = source.wiring.circuit;
  expect(nodes.map(({ grad$ }) => observed(grad$))).toEqual([true, true, true]);
  sink.value.complete();
  expect(seen.done).toBe(true);
  expect(nodes.flatMap(({ value$, grad$ }) => [observed(value$), observed(grad$)])).toEqual(
    nodes.flatMap(() => [false, false]),
  );
  expect([observed(source.value$), observed(a.value$), observed(b.value$)]).toEqual([false, false, false]);
});

it("weights() grow as layers are wired, and what was there stays as it was", () => {
  const own = weights({ seed: 2 });
  const first = own.of(dense(2, 2));
  const before = [...first.parameters.W!.value.data];
  own.of(dense(2, 3));
  expect([...first.parameters.W!.value.data]).toEqual(before);
  expect([...own.values.data.subarray(0, 4)]).toEqual(before);
  expect(own.values.data).toHaveLength(6 + 9);
  first.parameters.W!.value.data[0] = 42;
  expect(own.values.data[0]).toBe(42);
});
