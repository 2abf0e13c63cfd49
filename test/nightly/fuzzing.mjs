import {
  adam,
  batchNorm,
  chain,
  dense,
  holding,
  isInvalidInput,
  learner,
  load,
  matrix,
  mean,
  meanSquaredError,
  model,
  over,
  readSafetensors,
  reservoir,
  save,
  scaler,
} from "rxgrad";
import { mutations } from "./mutate.mjs";
import { sealed } from "./sealed.mjs";

/** Reads mutated files; answers how many were refused. @throws for what is no refusal in words, and for more than a file holds. */
export const fuzzReading = (files, count, seed) => {
  const mutate = mutations(seed);
  let refused = 0;
  for (let i = 0; i < count; i++) {
    const bytes = mutate(files[i % files.length]);
    try {
      let read = 0;
      for (const { data } of readSafetensors(bytes).tensors.values()) read += data.byteLength;
      if (read > 2 * bytes.length) throw new Error(`read ${read} bytes of a file of ${bytes.length}`); // halves become floats
    } catch (error) {
      refuse(error, seed, i);
      refused++;
    }
  }
  unpolluted();
  return refused;
};

/** A model that has learned, what else has a state, and both as bytes. */
const learned = () => {
  const net = model(chain(dense(2, 3, { activation: "tanh" }), batchNorm(3), dense(3, 1)), { seed: 1 });
  const learning = learner(net, { loss: meanSquaredError(), optimizer: adam(0.01) });
  const memory = reservoir(4);
  const parts = {
    inputs: scaler(),
    memory: { state: memory.init() },
    loss: holding(over((step) => step.loss, mean())),
  };
  for (let i = 0; i < 3; i++) {
    parts.inputs.learn(batch.x);
    memory.step(parts.memory.state, batch);
    parts.loss.learn(learning.learnBatch(batch));
  }
  return { net, parts };
};

const rows = (list) => matrix(list);
const batch = { x: rows([[1, 2], [3, -4], [0, 1]]), y: rows([[1], [0], [2]]) }; // biome-ignore format: rows
const position = {
  offset: 9n,
  names: new Map([["a", new Set([1, -0, Number.NaN])]]),
  numbers: [1, 2, 3, 4, 5],
};

/** Loads mutated files into a live model; answers how many were refused. @throws when a refused one has left a trace. */
export const fuzzLoading = (count, seed) => {
  const mutate = mutations(seed);
  let { net, parts } = learned();
  const whole = save(net, { parts, position });
  const inside = placeOf(whole, "state.json");
  const state = save(net, { parts });
  let refused = 0;
  for (let i = 0; i < count; i++) {
    const mutated = mutate(whole, inside);
    const bytes = i % 8 === 0 ? mutated : sealed(mutated); // a checksum that fits, or hardly anything would be looked at
    try {
      load(net, bytes, { parts });
    } catch (error) {
      refuse(error, seed, i);
      refused++;
      if (Buffer.compare(save(net, { parts }), state) !== 0)
        throw new Error(`a refused file has left a trace: mutation ${i} of seed ${seed}`);
      continue;
    }
    net.predict(batch.x); // other numbers than those that were saved, but a whole model
    save(net, { parts });
    net.dispose();
    ({ net, parts } = learned());
  }
  unpolluted();
  return refused;
};

const refuse = (error, seed, i) => {
  if (!isInvalidInput(error)) throw new Error(`mutation ${i} of seed ${seed}`, { cause: error });
};

const unpolluted = () => {
  if ("polluted" in {}) throw new Error("Object.prototype was changed");
};

const placeOf = (bytes, name) => {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const [from, to] = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))[name].data_offsets;
  return [8 + length + from, 8 + length + to];
};
