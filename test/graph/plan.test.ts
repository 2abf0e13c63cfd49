import {
  type AnyPlan,
  add,
  chain,
  columns,
  concatenate,
  dense,
  isInvalidInput,
  layerNorm,
  model,
  multiply,
  named,
  parallel,
  relu,
  residual,
  tanh,
  through,
  wire,
} from "rxgrad";
import { expect, it } from "vitest";

it.each<[string, () => unknown, string]>([
  ["chain()", () => chain(dense(2, 8), dense(9, 1)), "dense(9, 1) expects 9 columns, got 8 from dense(2, 8)"],
  [
    "chain() of chains",
    () => chain(chain(dense(2, 8)), chain(layerNorm(4))),
    "layerNorm(4) expects 4 columns, got 8 from chain(dense(2, 8))",
  ],
  [
    "chain() through layers that pass widths on",
    () => chain(dense(2, 8), relu(), dense(9, 1)),
    "dense(9, 1) expects 9 columns, got 8 from relu()",
  ],
  [
    "residual()",
    () => residual(dense(2, 3)),
    "add() expects inputs of one width, got 3 and 2 from dense(2, 3) and its input",
  ],
  [
    "residual() that finds out late",
    () => chain(dense(2, 4), residual(chain(tanh(), dense(4, 3)))),
    "add() expects inputs of one width, got 3 and 4 from chain(tanh(), dense(4, 3)) and its input",
  ],
  [
    "parallel() of parts that differ in what they take",
    () => parallel(add(), dense(2, 3), dense(4, 3)),
    "dense(4, 3) expects 4 columns, got 2 from the input that it shares with dense(2, 3)",
  ],
  [
    "parallel() whose join refuses",
    () => parallel(multiply(), dense(2, 3), dense(2, 4)),
    "multiply() expects inputs of one width, got 3 and 4 from dense(2, 3) and dense(2, 4)",
  ],
  [
    "parallel() after a layer",
    () => chain(dense(1, 5), parallel(add(), dense(2, 3), dense(2, 3))),
    "dense(2, 3) expects 2 columns, got 5 from dense(1, 5)",
  ],
  [
    "columns() beyond the end",
    () => chain(dense(1, 2), columns(1, 3)),
    "columns(1, 3) expects at least 3 columns, got 2 from dense(1, 2)",
  ],
  [
    "parallel() of nothing",
    () => (parallel as unknown as (join: unknown) => unknown)(add()),
    "parallel() expects at least one part, got none",
  ],
  [
    "chain() of a function that was not called",
    () => chain(dense(2, 8), relu as never),
    "chain() expects a layer or a plan as part 1, got the function relu, which is to be called",
  ],
  [
    "chain() of nothing known",
    () => chain("relu" as never),
    'chain() expects a layer or a plan as part 0, got "relu"',
  ],
  [
    "parallel() without a join",
    () => parallel(undefined as never, dense(2, 3)),
    "parallel() expects a layer or a plan as part 0, got undefined",
  ],
  [
    "residual() of a function that was not called",
    () => residual(relu as never),
    "residual() expects a layer or a plan as part 0, got the function relu, which is to be called",
  ],
  [
    "through()",
    () => through(wire({ widths: [2] }).source, dense(2, 3), dense(4, 1)),
    "dense(4, 1) expects 4 columns, got 3 from dense(2, 3)",
  ],
  [
    "through() at the input",
    () => through(wire({ widths: [3] }).source, dense(2, 3)),
    "dense(2, 3) expects 2 columns, got 3 from the input",
  ],
])("%s refuses shapes that do not fit, naming both sides", (_, build, message) => {
  expect(build).toThrow(expect.objectContaining({ message }));
  expect(build).toThrow(expect.toSatisfy(isInvalidInput));
});

it("chain() knows its widths, and leaves open what only data can say", () => {
  expect(chain(dense(2, 8), relu(), dense(8, 3)).widths([2])).toEqual([3]);
  expect(chain(relu(), tanh()).widths([undefined])).toEqual([undefined]);
  expect(chain(relu(), dense(8, 3)).widths([undefined])).toEqual([3]);
  expect([chain(dense(2, 8)).inputs, chain(chain(dense(2, 8))).inputs, chain(relu()).inputs]).toEqual([
    2,
    2,
    undefined,
  ]);
});

it("parallel() adds widths up with concatenate()", () => {
  const plan = parallel(concatenate(), dense(4, 2), columns(0, 3), chain());
  expect(plan.widths([4])).toEqual([9]);
  expect(plan.inputs).toBe(4);
  expect(parallel(concatenate(), relu(), columns(0, 3)).widths([undefined])).toEqual([undefined]);
});

it("plans print as their own source", () => {
  expect(
    chain(dense(2, 2), residual(chain(tanh(), dense(2, 2))), parallel(add(), relu(), chain())).source,
  ).toBe("chain(dense(2, 2), residual(chain(tanh(), dense(2, 2))), parallel(add(), relu(), chain()))");
});

it("plans are values: one plan in two models makes independent weights", () => {
  const plan = chain(dense(2, 3), dense(3, 1));
  const before = JSON.stringify(plan);
  const [a, b] = [model(plan, { seed: 1 }), model(plan, { seed: 1 })];
  a.parameters[0]!.value.data.fill(9);
  expect(b.parameters[0]!.value.data[0]).not.toBe(9);
  expect(JSON.stringify(plan)).toBe(before);
});

it("named() layers keep weights apart, and a name that stands twice is refused", () => {
  const one = dense(2, 2);
  expect(model(chain(named("a", one), named("b", one))).parameters).toHaveLength(4);
  expect(() => model(chain(named("a", dense(2, 2)), named("a", dense(2, 2))))).toThrow(
    'dense(2, 2) expects a name that no other layer of the graph has, got "a" twice',
  );
  const twice = named("a", dense(2, 2));
  expect(model(chain(twice, twice)).parameters).toHaveLength(2);
});

it.each<[Record<string, unknown>, string]>([
  [{ seed: -1 }, "model() expects a whole number of at least 0 as seed, got -1"],
  [{ seed: 1.5 }, "model() expects a whole number of at least 0 as seed, got 1.5"],
  [{ precision: "float16" }, 'model() expects "float32" or "float64" as precision, got float16'],
  [{ numerics: "loose" }, 'model() expects "fast" or "reproducible" as numerics, got loose'],
])("model() refuses options that nobody knows: %j", (options, message) => {
  expect(() => model(dense(1, 1), options)).toThrow(expect.objectContaining({ message }));
});

it("chain() accepts a list that is only known at run time", () => {
  const hidden: AnyPlan[] = [dense(2, 3), relu(), dense(3, 1)];
  expect(chain(...(hidden as never[])).source).toBe("chain(dense(2, 3), relu(), dense(3, 1))");
});
