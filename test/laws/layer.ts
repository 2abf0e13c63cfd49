import * as rxgrad from "rxgrad";
import { describe, expect, it } from "vitest";
import { type LayerWeights, weights } from "../../src/graph/weights.ts";
import type { Layer, Mode, Pass } from "../../src/layers/layer.ts";
import { copyOf, type Matrix, type Value, zeros } from "../../src/math/matrix.ts";
import { type Random, random } from "../../src/math/random.ts";
import { reference } from "../../src/math/reference.ts";

/** A layer that has to obey the laws, and what it can be fed. */
export interface LayerCase {
  readonly layer: Layer | Layer<readonly Matrix[], Matrix>;
  /** Columns of each of its inputs. */
  readonly widths: readonly number[];
  /** Draws one number of an input; away from kinks, where a difference quotient means nothing. */
  readonly draw?: (random: Random) => number;
  /** Least rows in training; 1 when left out. */
  readonly least?: number;
  /** The one number of rows that it takes, when there is one. */
  readonly only?: number;
  /** Its input has no gradient: indices, whose gradient is zero. */
  readonly discrete?: boolean;
  /** Its source names what only its author knows, so it cannot be evaluated. */
  readonly opaque?: boolean;
}

const smooth = (r: Random): number => 1.5 * r.normal();
const modes: readonly Mode[] = ["train", "infer"];
const seeds = [1, 2, 3];

/** A layer put to work by itself. */
export interface Bench {
  readonly own: LayerWeights;
  readonly pass: Pass<Value, Matrix>;
  /** What the layer left to do after the update. */
  readonly commits: (() => void)[];
}

/** Puts a layer to work on given rows and widths, over weights of its own. */
export const benchOf = (
  layer: LayerCase["layer"],
  rows: number,
  widths: readonly number[],
  { seed = 1, wantsInputGrad = true }: { seed?: number; wantsInputGrad?: boolean } = {},
): Bench => {
  const all = weights({ seed, kernels: reference("float64") });
  const own = all.of(layer);
  const commits: (() => void)[] = [];
  const pass = (layer as Layer<Value, Matrix>).plan({
    rows,
    widths,
    kernels: all.kernels,
    parameters: own.parameters,
    buffers: own.buffers,
    random: own.random,
    wantsInputGrad,
    afterUpdate: (commit) => commits.push(commit),
    zeros: (r, c) => zeros(r, c),
  });
  return { own, pass, commits };
};

const drawn = (r: Random, rows: number, cols: number, draw: (r: Random) => number): Matrix => {
  const m = zeros(rows, cols);
  for (let i = 0; i < m.data.length; i++) m.data[i] = draw(r);
  return m;
};
const all = (value: Value): readonly Matrix[] => ("cols" in value ? [value] : value);
const bytes = ({ own }: Bench): string =>
  JSON.stringify([
    Object.values(own.parameters).map(({ value }) => [...value.data]),
    Object.values(own.parameters).map(({ grad }) => [...grad.data]),
    Object.values(own.buffers).map(({ data }) => [...data]),
    [...own.random.state],
  ]);

/** ‖a − b‖ / (‖a‖ + ‖b‖). */
export const relativeError = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    size += a[i]! ** 2 + b[i]! ** 2;
  }
  return size < 1e-20 ? Math.sqrt(difference) : Math.sqrt(difference / size);
};

/** The gradient of f with respect to some numbers, by central differences of the fourth order. */
export const differences = (m: { readonly data: Matrix["data"] }, f: () => number, h = 1e-3): Float64Array =>
  Float64Array.from(m.data, (at, i) => {
    const value = (by: number): number => {
      m.data[i] = at + by * h;
      return f();
    };
    const slope = (value(-2) - 8 * value(-1) + 8 * value(1) - value(2)) / (12 * h);
    m.data[i] = at;
    return slope;
  });

/** The laws that every layer obeys, as tests. */
export const obeysLayerLaws = ({
  layer,
  widths,
  draw = smooth,
  least = 1,
  only,
  discrete = false,
  opaque = false,
}: LayerCase): void => {
  const sizes = only === undefined ? [1, 2, 5] : [only];
  const rowsOf = (wanted: number): number => only ?? Math.max(wanted, least);
  const inputs = (r: Random, rows: number): Value => {
    const drawnInputs = widths.map((cols) => drawn(r, rows, cols, draw));
    return drawnInputs.length === 1 && layer.widths(widths).length === 1 && !isJoin(layer)
      ? drawnInputs[0]!
      : drawnInputs;
  };
  const bench = (rows: number, seed: number, options: { wantsInputGrad?: boolean } = {}): Bench => {
    const b = benchOf(layer, rows, widths, { seed, ...options });
    const r = random(seed, 99);
    for (const { value } of Object.values(b.own.parameters))
      for (let i = 0; i < value.data.length; i++) value.data[i] = r.normal();
    for (const { data } of Object.values(b.own.buffers))
      for (let i = 0; i < data.length; i++) data[i] = 0.5 + r.uniform();
    return b;
  };
  const runs = modes.flatMap((mode) =>
    sizes.filter((rows) => mode === "infer" || rows >= least).map((rows) => [mode, rows] as const),
  );

  describe(layer.source, () => {
    it.each(runs)("has the gradients of its forward pass: %s, %i rows", (mode, rows) => {
      for (const seed of seeds) {
        const { own, pass } = bench(rows, seed);
        const r = random(seed);
        const x = inputs(r, rows);
        const dice = own.random.state.slice();
        const forward = (): Matrix => {
          own.random.state.set(dice);
          return pass.forward(x, mode);
        };
        const y = forward();
        const dy = drawn(r, y.rows, y.cols, smooth);
        const loss = (): number => {
          const { data } = forward();
          let sum = 0;
          for (let i = 0; i < data.length; i++) sum += data[i]! * dy.data[i]!;
          return sum;
        };
        const dx = all(pass.backward(copyOf(dy), false)).map((m) => copyOf(m));
        const gradients = Object.values(own.parameters).map(({ grad }) => grad.data.slice());
        all(x).forEach((m, i) => {
          if (discrete) expect(dx[i]!.data.every((v) => v === 0)).toBe(true);
          else expect(relativeError(dx[i]!.data, differences(m, loss))).toBeLessThan(1e-6);
        });
        Object.values(own.parameters).forEach(({ value, name }, i) => {
          expect(relativeError(gradients[i]!, differences(value, loss)), name).toBeLessThan(1e-6);
        });
      }
    });

    it("adds its gradients with accumulate, and overwrites them without", () => {
      const rows = rowsOf(3);
      const { own, pass } = bench(rows, 4);
      const r = random(4);
      const grads = () => Object.values(own.parameters).map(({ grad }) => [...grad.data]);
      const learn = (accumulate: boolean) => {
        const y = pass.forward(inputs(r, rows), "train");
        const state = r.state.slice();
        const dy = drawn(r, y.rows, y.cols, smooth);
        pass.backward(dy, accumulate);
        return { dy, state };
      };
      learn(false);
      const first = grads();
      const { dy } = learn(true);
      const both = grads();
      pass.backward(dy, false); // the same batch again, by itself
      const second = grads();
      first.forEach((g, p) => {
        expect(
          relativeError(
            both[p]!,
            g.map((v, i) => v + second[p]![i]!),
          ),
        ).toBeLessThan(1e-12);
      });
    });

    it("changes nothing in infer, neither itself nor its input", () => {
      const b = bench(rowsOf(3), 5);
      const x = inputs(random(5), rowsOf(3));
      const before = [bytes(b), JSON.stringify(all(x).map(({ data }) => [...data]))];
      b.pass.forward(x, "infer");
      b.pass.forward(x, "infer");
      expect([bytes(b), JSON.stringify(all(x).map(({ data }) => [...data]))]).toEqual(before);
      expect(b.commits).toEqual([]);
    });

    it("leaves its input and the gradient that it is given as they are in training", () => {
      const rows = rowsOf(2);
      const { pass } = bench(rows, 6);
      const r = random(6);
      const x = inputs(r, rows);
      const before = all(x).map((m) => copyOf(m));
      const y = pass.forward(x, "train");
      const dy = drawn(r, y.rows, y.cols, smooth);
      const given = copyOf(dy);
      pass.backward(dy, false);
      expect(all(x)).toEqual(before);
      expect(dy).toEqual(given);
    });

    it("gives the same parameter gradients when nobody wants that of the input", () => {
      const rows = rowsOf(2);
      const learned = [true, false].map((wantsInputGrad) => {
        const b = bench(rows, 7, { wantsInputGrad });
        const r = random(7);
        const y = b.pass.forward(inputs(r, rows), "train");
        b.pass.backward(drawn(r, y.rows, y.cols, smooth), false);
        return bytes(b);
      });
      expect(learned[1]).toBe(learned[0]);
    });

    it("answers the same in train and infer, unless it is modal", () => {
      const rows = rowsOf(4);
      const { pass } = bench(rows, 8);
      const x = inputs(random(8), rows);
      const trained = [...pass.forward(x, "train").data];
      const inferred = [...pass.forward(x, "infer").data];
      if (layer.modal) expect(trained).not.toEqual(inferred);
      else expect(trained).toEqual(inferred);
    });

    it("has the widths that it says", () => {
      const { pass } = bench(rowsOf(2), 9);
      const y = pass.forward(inputs(random(9), rowsOf(2)), "infer");
      expect(layer.widths(widths)).toEqual([y.cols]);
      const open = layer.widths(widths.map(() => undefined))[0];
      expect([undefined, y.cols]).toContain(open);
    });

    if (!opaque)
      it("prints as its own source", () => {
        const again = evaluate(layer.source);
        expect(again.source).toBe(layer.source);
        const answers = [layer, again].map((one) => {
          const { pass } = benchOf(one, rowsOf(3), widths, { seed: 10 });
          return [...pass.forward(inputs(random(10), rowsOf(3)), "infer").data];
        });
        expect(answers[1]).toEqual(answers[0]);
      });
  });
};

const isJoin = (layer: LayerCase["layer"]): boolean =>
  ["add", "multiply", "concatenate"].includes(layer.type);

/** The layer that a source says. */
export const evaluate = (source: string): Layer =>
  new Function(...Object.keys(rxgrad), `return ${source};`)(...Object.values(rxgrad));
