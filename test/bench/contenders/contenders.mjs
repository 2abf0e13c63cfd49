/**
 * Who is measured, and in what. A contender is a module here whose `load(workload, data, variant)` answers with
 *   run(n): the loss of the last of n steps on the next n batches (or n predictions),
 *   answer(): what it predicts for the rows of the first `workload.probes` batches, row-major,
 *   exact: whether it started from the weights that it was given,
 *   note: in what it differs from the others.
 * With `sparse` it is given the indices of a sparse batch, and not all its zeros.
 * It throws `NotApplicable` where it has nothing to show.
 * @typedef {import("../workloads.mjs").Task} Task
 * @typedef {{ name: string, peer: string, module: string, variant?: string, sparse?: true, tasks: Task[] }} Contender
 */

/** @type {readonly Contender[]} */
export const contenders = [
  { name: "rxgrad train", peer: "rxgrad", module: "rxgrad", variant: "train", tasks: ["train"] },
  { name: "rxgrad trainer.learn", peer: "rxgrad", module: "rxgrad", variant: "trainer", tasks: ["train"] },
  { name: "rxgrad wires by hand", peer: "rxgrad", module: "rxgrad", variant: "wires", tasks: ["train"] },
  { name: "rxgrad float64", peer: "rxgrad", module: "rxgrad", variant: "float64", tasks: ["train"] },
  {
    name: "rxgrad sparse train",
    peer: "rxgrad",
    module: "rxgradSparse",
    variant: "train",
    sparse: true,
    tasks: ["sparse"],
  },
  {
    name: "rxgrad sparse trainer.learn",
    peer: "rxgrad",
    module: "rxgradSparse",
    variant: "trainer",
    sparse: true,
    tasks: ["sparse"],
  },
  { name: "rxgrad dense", peer: "rxgrad", module: "rxgrad", variant: "train", tasks: ["sparse"] },
  { name: "rxgrad model.predict", peer: "rxgrad", module: "rxgrad", variant: "model", tasks: ["predict"] },
  { name: "rxgrad predict", peer: "rxgrad", module: "rxgrad", variant: "operator", tasks: ["predict"] },
  { name: "rxgrad pipe", peer: "rxgrad", module: "rxgradPipe", tasks: ["pipe"] },
  { name: "rxgrad wire", peer: "rxgrad", module: "hop", variant: "wire", tasks: ["hop"] },
  { name: "rxjs Subject", peer: "rxgrad", module: "hop", variant: "subject", tasks: ["hop"] },
  { name: "plain float32", peer: "plain", module: "plain", variant: "float32", tasks: ["train", "predict"] },
  { name: "plain float64", peer: "plain", module: "plain", variant: "float64", tasks: ["train", "predict"] },
  { name: "plain sparse", peer: "plain", module: "plainSparse", sparse: true, tasks: ["sparse"] },
  { name: "PyTorch", peer: "torch", module: "pytorch.py", tasks: ["train", "sparse", "predict"] },
  { name: "jax-js", peer: "jax", module: "jax", tasks: ["train", "sparse", "predict"] },
  { name: "tfjs wasm", peer: "tfjs", module: "tfjs", variant: "wasm", tasks: ["train", "sparse", "predict"] },
  { name: "tfjs cpu", peer: "tfjs", module: "tfjs", variant: "cpu", tasks: ["train", "sparse", "predict"] },
  { name: "brain.js", peer: "brain", module: "brain", tasks: ["train", "sparse", "predict"] },
  { name: "synaptic", peer: "synaptic", module: "synaptic", tasks: ["train", "sparse", "predict"] },
  { name: "convnetjs", peer: "convnetjs", module: "convnetjs", tasks: ["train", "sparse", "predict"] },
];

/** Of whose losses and predictions every other one's must be within 1e-3. */
export const truths = ["plain float64", "plain sparse"];

/** What is imported, counted from when `after` has been. */
export const imports = [
  { name: "rxgrad beyond rxjs", specifier: "../../dist/bundle/index.js", after: "rxjs" },
  { name: "rxjs", specifier: "rxjs" },
  { name: "tfjs", specifier: "@tensorflow/tfjs" },
  { name: "jax-js", specifier: "@jax-js/jax" },
  { name: "brain.js", specifier: "brain.js" },
  { name: "synaptic", specifier: "synaptic" },
  { name: "convnetjs", specifier: "convnetjs" },
];
