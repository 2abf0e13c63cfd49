import {
  accumulate,
  constant,
  dense,
  freeze,
  inOrder,
  learner,
  matrix,
  meanSquaredError,
  model,
  normalInit,
  relu,
  sgd,
  uniformInit,
  vector,
  zeros,
} from "rxgrad";
import { expect, it } from "vitest";

/** What a caller without types may write. */
const untyped = (value?: unknown): never => value as never;
const engine = learner(model(dense(1, 1)), { loss: meanSquaredError(), optimizer: sgd(0.1) });
const names =
  "linear, relu, leakyRelu, elu, selu, gelu, silu, mish, softplus, softsign, tanh, sigmoid, hardSigmoid, softmax, logSoftmax";

const senseless: [build: () => unknown, message: string][] = [
  [
    () => dense(1, 1, { activation: untyped("foo") }),
    `dense(1, 1) expects a layer or one of ${names} as activation, got "foo"`,
  ],
  [
    () => dense(1, 1, { activation: untyped(relu) }),
    `dense(1, 1) expects a layer or one of ${names} as activation, got the function relu, which is to be called`,
  ],
  [
    () => model(dense(1, 1), { precision: untyped("f") }),
    'model() expects "float32" or "float64" as precision, got f',
  ],
  [() => model(untyped({})), "model() expects a layer or a plan as plan, got an object"],
  [() => model(untyped()), "model() expects a layer or a plan as plan, got undefined"],
  [() => matrix(untyped([1, 2])), "matrix() expects rows of numbers, got 1 as row 0"],
  [() => matrix(untyped([[1], null])), "matrix() expects rows of numbers, got null as row 1"],
  [() => matrix(untyped(3)), "matrix() expects an array of rows of numbers, got 3"],
  [() => zeros(1.5, 2), "zeros() expects a whole number of at least 0 as rows, got 1.5"],
  [() => zeros(-1, 2), "zeros() expects a whole number of at least 0 as rows, got -1"],
  [() => zeros(1, Number.NaN), "zeros() expects a whole number of at least 0 as cols, got NaN"],
  [() => vector(untyped(["a"])), 'vector() expects numbers, got "a" as number 0'],
  [() => constant(Number.NaN), "constant(NaN) expects a finite number as c, got NaN"],
  [() => normalInit(0, -1), "normalInit(0, -1) expects a number of at least 0 as deviation, got -1"],
  [() => normalInit(Number.NaN), "normalInit(NaN, 1) expects a finite number as mean, got NaN"],
  [() => uniformInit(3, 1), "uniformInit(3, 1) expects a number of at least 3 as high, got 1"],
  [
    () => freeze(sgd(0.1), untyped("dense0")),
    'freeze(sgd(0.1), "dense0") expects an array of names, got "dense0"',
  ],
  [() => freeze(untyped("sgd"), []), 'freeze("sgd", []) expects a rule, such as adam(1e-3), got "sgd"'],
  [() => inOrder(untyped("adam")), 'inOrder("adam") expects a rule, such as adam(1e-3), got "adam"'],
  [
    () => accumulate(2, untyped()),
    "accumulate(2, undefined) expects a rule, such as adam(1e-3), got undefined",
  ],
  [() => engine.learnOne(untyped(), 1), "learner() expects an array of numbers as x, got undefined"],
  [() => engine.learnOne([1], untyped("1")), 'learner() expects a number or numbers as y, got "1"'],
];

it.each(senseless.map(([build, message]) => [message, build] as const))("%s", (message, build) => {
  expect(build).toThrow(expect.objectContaining({ name: "InvalidInputError", message }));
});
