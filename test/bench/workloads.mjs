/**
 * What is measured. `sizes` are the widths of a network with tanh in between and, at the end, a sigmoid with binary
 * cross-entropy (one output) or a softmax with categorical cross-entropy, trained by plain gradient descent.
 * @typedef {"train" | "sparse" | "predict" | "pipe" | "hop" | "import" | "start"} Task
 * @typedef {{ name: string, task: Task, sizes: number[], batch: number, rate: number, probes: number, nonZeros?: number }} Workload
 *   probes: how many batches, the first ones, a contender is examined on
 * @typedef {{ x?: Float32Array, y: Float32Array, indices?: Int32Array }} Rows
 *   batch × inputs and batch × outputs, row-major; a sparse row has only the indices of its ones
 * @typedef {{ W: Float32Array, b: Float32Array }} Weights
 * @typedef {{ weights: Weights[], batches: Rows[] }} Data
 */

/** @type {(task: Task, sizes: number[], batch: number, more?: Partial<Workload>) => Workload} */
const workload = (task, sizes, batch, more = {}) => ({
  name: `${task} ${sizes.map((n) => (n === 2 ** 18 ? "2^18" : n)).join("-")}, batch ${batch}`,
  task,
  sizes,
  batch,
  rate: 0.02,
  probes: Math.ceil(128 / (batch || 1)) || 1,
  ...more,
});

/** @type {readonly Workload[]} */
export const workloads = [
  workload("train", [10, 16, 1], 1),
  workload("train", [64, 64, 10], 1),
  workload("train", [64, 64, 10], 32),
  workload("train", [784, 128, 10], 32),
  workload("train", [784, 512, 256, 10], 128),
  workload("train", [1024, 1024, 1024, 10], 256),
  workload("sparse", [2 ** 18, 32, 1], 1, { nonZeros: 50, probes: 16 }),
  workload("predict", [10, 16, 1], 1),
  workload("predict", [784, 128, 10], 32),
  workload("pipe", [10, 16, 1], 1, { name: "pipe from plain objects, 10-16-1" }),
  workload("pipe", [10, 1], 1, { name: "pipe from plain objects, one neuron" }),
  workload("hop", [], 1, { name: "a message over a wire" }),
  workload("import", [], 0, { name: "import in a fresh process" }),
  workload("start", [], 0, { name: "npm start, 100,000 flights" }),
];

/** Mulberry32: uniform numbers in [0, 1) that are the same everywhere. */
const uniform = (seed) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const normal = (next) => () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** So many numbers that they neither fit the nearest cache nor fill the memory; at most 1024 batches. */
const countOf = (numbers) => {
  let count = 1024;
  while (count > 4 && count * numbers > 2 ** 20) count /= 2;
  return count;
};

/**
 * The same start weights and batches for everyone: inputs are normal, and labels those of a linear teacher, a tenth of
 * them wrong, so that the loss neither stalls nor vanishes.
 * @type {(workload: Workload) => Data}
 */
export const dataOf = ({ sizes, batch, nonZeros }) => {
  if (sizes.length === 0) return { weights: [], batches: [] };
  const next = uniform(7);
  const draw = normal(next);
  const weights = sizes.slice(1).map((outputs, i) => {
    const scale = 1 / Math.sqrt(nonZeros && i === 0 ? nonZeros : sizes[i]);
    return {
      W: Float32Array.from({ length: sizes[i] * outputs }, () => scale * draw()),
      b: new Float32Array(outputs),
    };
  });
  const [inputs, outputs] = [sizes[0], sizes.at(-1)];
  const teacher = Float32Array.from({ length: inputs * outputs }, draw);
  const label = (y, r, answers) => {
    const wrong = next() < 0.1;
    if (outputs === 1) y[r] = answers[0] > 0 !== wrong ? 1 : 0;
    else y[r * outputs + (wrong ? Math.floor(next() * outputs) : answers.indexOf(Math.max(...answers)))] = 1;
  };
  const batches = Array.from({ length: countOf(batch * (nonZeros ?? inputs)) }, () => {
    const y = new Float32Array(batch * outputs);
    if (nonZeros) {
      const indices = distinct(next, nonZeros, inputs);
      label(y, 0, [indices.reduce((sum, i) => sum + teacher[i], 0)]);
      return { indices, y };
    }
    const x = Float32Array.from({ length: batch * inputs }, draw);
    for (let r = 0; r < batch; r++) {
      const answers = new Array(outputs).fill(0);
      for (let k = 0; k < inputs; k++)
        for (let j = 0; j < outputs; j++) answers[j] += x[r * inputs + k] * teacher[k * outputs + j];
      label(y, r, answers);
    }
    return { x, y };
  });
  return { weights, batches };
};

/** The first sparse batches with all their zeros, for those who need them. */
export const dense = ({ weights, batches }, { sizes, nonZeros }) => ({
  weights,
  batches: nonZeros
    ? batches.slice(0, 32).map(({ indices, y }) => {
        const x = new Float32Array(sizes[0]);
        for (const i of indices) x[i] = 1;
        return { x, y };
      })
    : batches,
});

const distinct = (next, count, below) => {
  const drawn = new Set();
  while (drawn.size < count) drawn.add(Math.floor(next() * below));
  return Int32Array.from(drawn).sort();
};
