import {
  type Activation,
  add,
  batchNorm,
  chain,
  columns,
  concatenate,
  conv1d,
  dense,
  dropout,
  elu,
  embedding,
  gelu,
  gru,
  hedge,
  type Layer,
  lastStep,
  layerNorm,
  leakyRelu,
  lstm,
  mapGradient,
  multiply,
  type Plan,
  parallel,
  type Random,
  residual,
} from "rxgrad";

/** A plan, the columns that it takes, and those of them that are indices, with how many there are. */
export interface RandomPlan {
  readonly plan: Plan;
  readonly inputs: number;
  readonly indices: { readonly columns: number; readonly size: number };
}

const names =
  "linear relu leakyRelu elu selu gelu silu mish softplus softsign tanh sigmoid hardSigmoid softmax logSoftmax".split(
    " ",
  ) as readonly Activation[];

/** A plan of every kind of layer that there is, drawn by a generator: same state, same plan. */
export const randomPlan = (random: Random): RandomPlan => {
  const to = (n: number): number => Math.floor(random.uniform() * n);
  const width = (): number => 1 + to(12);
  const chance = (p: number): boolean => random.uniform() < p;
  const activation = (): Activation => {
    const kind = to(names.length + 3);
    if (kind < names.length) return names[kind]!;
    return [elu(0.25 + random.uniform()), leakyRelu(random.uniform()), gelu({ approximate: "tanh" })][
      kind - names.length
    ]!;
  };
  const options = () => ({ ...(chance(0.8) ? { activation: activation() } : {}), bias: chance(0.8) });

  /** Layers from `from` columns, and how many come out. */
  const step = (from: number, depth: number): readonly [Plan, number] => {
    const out = width();
    switch (to(depth > 0 ? 13 : 9)) {
      case 0:
        return [layerNorm(from, chance(0.5) ? {} : { epsilon: 1e-3 }), from];
      case 1:
        return [batchNorm(from, chance(0.5) ? {} : { epsilon: 1e-3 }), from];
      case 2:
        return [dropout(0.5), from];
      case 3: {
        const begin = to(from);
        const end = begin + 1 + to(from - begin);
        return [columns(begin, end), end - begin];
      }
      case 4:
        return [mapGradient((g) => g), from];
      case 5: {
        const [units, steps, returnSequences] = [1 + to(5), 1 + to(4), chance(0.5)];
        const cell = chance(0.5) ? gru : lstm;
        const before = dense(from, steps * 3);
        const after = returnSequences && chance(0.5) ? [lastStep(steps, units) as Layer] : [];
        const wide = returnSequences && after.length === 0 ? steps * units : units;
        return [chain(before, cell(3, units, { steps, returnSequences }), ...after) as Plan, wide];
      }
      case 6: {
        const steps = 1 + to(5);
        const sizes = { steps, kernelSize: 1 + to(3), dilation: 1 + to(2) };
        return [chain(dense(from, steps * 2), conv1d(2, 3, { ...sizes, ...options() })), steps * 3];
      }
      case 9: {
        const [inner, wide] = part(from, depth - 1);
        return [residual(chain(inner, dense(wide, from, options()))), from];
      }
      case 10: {
        const [[a, m], [b, n]] = [part(from, depth - 1), part(from, depth - 1)];
        return [parallel(concatenate(), a, b), m + n];
      }
      case 11: {
        const [[a, m], [b, n]] = [part(from, depth - 1), part(from, depth - 1)];
        const [c, d] = [dense(m, out, options()), dense(n, out, options())];
        return [parallel(chance(0.5) ? add() : multiply(), chain(a, c), chain(b, d)), out];
      }
      case 12: {
        const shared = dense(from, from, options());
        return [chain(shared, shared), from];
      }
      case 8:
        return chance(0.3) ? [hedge(from, 2, { hidden: [3, 2], inputHead: true }), 2] : step(from, depth);
      default:
        return [dense(from, out, options()), out];
    }
  };
  const part = (from: number, depth: number): readonly [Plan, number] => {
    const [first, m] = step(from, depth);
    if (chance(0.3)) return [first, m];
    const [second, n] = step(m, depth);
    return [chain(first, second), n];
  };

  const inputs = width();
  if (chance(0.2)) {
    const [size, wide] = [2 + to(9), 1 + to(4)];
    const some = 1 + to(inputs);
    const rest = inputs - some;
    const found: Plan = chain(columns(0, some), embedding(size, wide));
    const beside = rest > 0 ? parallel(concatenate(), found, columns(some, inputs)) : found;
    const [after] = part(some * wide + rest, 2);
    return { plan: chain(beside, after), inputs, indices: { columns: some, size } };
  }
  return { plan: part(inputs, 2)[0], inputs, indices: { columns: 0, size: 1 } };
};
