import type { Kernels, LossKernel } from "../kernels.ts";
import { type Code, type FunctionSpec, f32, f64, i32, type Local, type Scope, v128 } from "./assembler.ts";
import { at } from "./at.ts";
import { classFunctions, classLosses } from "./classLosses.ts";
import { type ElementLoss, elementLosses } from "./elementLosses.ts";
import {
  and,
  anyTrue,
  double,
  four,
  iadd,
  int,
  loadLanes,
  loadSplat,
  loop,
  mul,
  not,
  or,
  select,
  splat,
  storeLanes,
  when,
} from "./instructions.ts";
import type { Functions, linker } from "./linker.ts";
import { firstLanes, type Lanes, overEvery, sum } from "./over.ts";

type Six = readonly [Local, Local, Local, Local, Local, Local];

/** Reads four predictions and targets, adds up the losses, and writes the gradient. */
const visitor = (scope: Scope, loss: ElementLoss, scale: Local) => {
  const [p, t, value, slope, weight, bad] = Array.from({ length: 6 }, () =>
    scope.local(v128),
  ) as unknown as Six;
  const total = sum(scope);
  return {
    weight,
    total,
    /** NaN if a prediction was not one that the formula is for. */
    checked: (value: Code): Code => select(double(Number.NaN), value, anyTrue(bad.get)),
    visit: (pi: Code, ti: Code, di: Code, lanes: Lanes, weigh: Code): Code => {
      const terms = loss(scope, p, t);
      return [
        p.set(loadLanes(pi, lanes)),
        t.set(loadLanes(ti, lanes)),
        weigh,
        terms.code,
        value.set(mul(terms.loss, weight.get)),
        slope.set(mul(terms.slope, mul(weight.get, splat(scale.get)))),
        terms.valid ? bad.set(or(bad.get, and(not(terms.valid), firstLanes(lanes)))) : [],
        total.plus(value, lanes),
        storeLanes(di, slope, lanes),
      ];
    },
  };
};

/** flat(p, t, w, dp, bytes, scale): all elements in one line, each with a weight of its own, or with 1 where w is 0. */
const flat = (loss: ElementLoss): FunctionSpec => ({
  name: "flat",
  parameters: [i32, i32, i32, i32, i32, f32],
  result: f64,
  body: (scope) => {
    const [p, t, w, dp, bytes, scale] = scope.parameters as Six;
    const { weight, total, checked, visit } = visitor(scope, loss, scale);
    return [
      weight.set(four(1)),
      overEvery(scope, int(0), bytes.get, (i, lanes) => {
        const weigh = when(w.get, weight.set(loadLanes(iadd(w.get, i), lanes)));
        return visit(iadd(p.get, i), iadd(t.get, i), iadd(dp.get, i), lanes, weigh);
      }),
      checked(total.total),
    ];
  },
});

/** byRow(p, t, w, dp, rows, scale, bytes): rows of so many bytes, each with one weight. */
const byRow = (loss: ElementLoss): FunctionSpec => ({
  name: "byRow",
  parameters: [i32, i32, i32, i32, i32, f32, i32],
  result: f64,
  body: (scope) => {
    const [p, t, w, dp, rows, scale] = scope.parameters as unknown as Six;
    const bytes = scope.parameters[6]!;
    const { weight, total, checked, visit } = visitor(scope, loss, scale);
    const i = scope.local(i32);
    return [
      loop(i, int(0), rows.get, 1, [
        weight.set(loadSplat(w.get)),
        overEvery(scope, int(0), bytes.get, (j, lanes) =>
          visit(iadd(p.get, j), iadd(t.get, j), iadd(dp.get, j), lanes, []),
        ),
        w.set(iadd(w.get, int(4))),
        [p, t, dp].map((at) => at.set(iadd(at.get, bytes.get))),
      ]),
      checked(total.total),
    ];
  },
});

const elementKernel = (functions: Functions): LossKernel => {
  const { flat, byRow } = functions;
  return (prediction, target, weight, grad) => {
    const { rows, cols } = prediction;
    const length = rows * cols;
    const [p, t, dp] = [at(prediction), at(target), at(grad)];
    return (
      (weight && cols > 1
        ? byRow!(p, t, at(weight), dp, rows, 1 / length, 4 * cols)
        : flat!(p, t, weight ? at(weight) : 0, dp, 4 * length, 1 / length)) / length
    );
  };
};

/** Functions for rows of so many classes are emitted when the first such prediction comes. */
const classKernel = (emitted: (cols: number) => Functions): LossKernel => {
  let width = -1;
  let functions: Functions;
  return (prediction, target, weight, grad) => {
    const { rows, cols } = prediction;
    if (cols !== width) {
      functions = emitted(cols);
      width = cols;
    }
    const run = target.cols === 1 ? functions.index! : functions.distribution!;
    return run(at(prediction), at(target), weight ? at(weight) : 0, at(grad), rows, 1 / rows) / rows;
  };
};

/** Losses as emitted kernels. */
export const lossKernel = (link: ReturnType<typeof linker>): Pick<Kernels, "loss"> => ({
  loss: (formula, activation) => {
    const [name, ...constants] = formula;
    const key = `loss ${formula} ${activation}`;
    const fits = !activation || (name === "binaryCrossentropy" && activation === "sigmoid()");
    const element = fits ? elementLosses[name]?.(constants, activation) : undefined;
    const classes = classLosses[name]?.(constants, activation);
    const ofElements = element && elementKernel(link(key, () => [flat(element), byRow(element)]));
    const ofClasses =
      classes && classKernel((cols) => link(`${key} ${cols}`, () => classFunctions(classes, cols)));
    if (!ofElements || !ofClasses) return ofElements ?? ofClasses;
    return (prediction, target, weight, grad) =>
      (prediction.cols === 1 ? ofElements : ofClasses)(prediction, target, weight, grad);
  },
});
