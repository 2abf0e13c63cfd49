import { isInvalidInput, random, type Tensor } from "rxgrad";
import { type FromKerasOptions, fromKeras } from "rxgrad/formats";
import { expect, it } from "vitest";
import answers from "../fixtures/keras.json" with { type: "json" };

interface Case {
  readonly json: object;
  readonly shards?: readonly string[];
  readonly tensors?: Readonly<Record<string, { readonly shape: number[]; readonly data: number[] }>>;
  readonly x: number[][];
  readonly y: number[];
}

const cases = answers as unknown as Readonly<Record<string, Case>>;

const weightsOf = ({ shards, tensors }: Case): readonly Uint8Array[] | ReadonlyMap<string, Tensor> =>
  shards
    ? shards.map((text) => Buffer.from(text, "base64"))
    : new Map(
        Object.entries(tensors!).map(([name, { shape, data }]) => [
          name,
          { shape, data: Float32Array.from(data) },
        ]),
      );

it.each(Object.keys(cases))("fromKeras() answers as Keras does: %s", (name) => {
  const one = cases[name]!;
  const { model } = fromKeras(JSON.stringify(one.json), weightsOf(one), { precision: "float64" });
  const cols = one.x[0]!.length;
  const { data } = model.predict({ rows: one.x.length, cols, data: Float64Array.from(one.x.flat()) });
  expect(data.length).toBe(one.y.length);
  one.y.forEach((expected, i) => {
    expect(Math.abs(data[i]! - expected)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
  });
});

it("fromKeras() says what it has made", () => {
  const { plan } = fromKeras(JSON.stringify(cases.functional!.json), weightsOf(cases.functional!));
  expect(plan.source).toMatch(
    /^chain\(parallel\(add\(\), chain\(\), chain\(dense\(3, 3, .*parallel\(concatenate\(\)/,
  );
});

/** A model of one layer after an input of 3 columns, or of what stands in its place. */
const jsonOf = (className: string, config: object = {}, more: object = {}): string =>
  JSON.stringify({
    class_name: "Sequential",
    config: {
      name: "net",
      layers: [
        { class_name: "InputLayer", config: { name: "in", batch_input_shape: [null, 3], ...more } },
        { class_name: className, config: { name: "one", ...config } },
      ],
    },
    keras_version: "2.15.0",
  });
const manifest = (weight: object, shape = [3, 1]): string =>
  JSON.stringify({
    modelTopology: JSON.parse(jsonOf("Dense", { units: 1, use_bias: false })),
    weightsManifest: [
      { paths: ["a"], weights: [{ name: "one/kernel", shape, dtype: "float32", ...weight }] },
    ],
  });
const steps = { batch_input_shape: [null, 4, 3] };
const none = new Map<string, Tensor>();
const kernel = (shape: number[], value = 0): ReadonlyMap<string, Tensor> =>
  new Map([["one/kernel", { shape, data: new Float32Array(shape.reduce((a, b) => a * b)).fill(value) }]]);
const dense = jsonOf("Dense", { units: 1, use_bias: false });
const bytes = new Uint8Array(12);

it.each<[string, string, Parameters<typeof fromKeras>[1], string]>([
  ["a layer that we do not have", jsonOf("Conv2D"), none, "got Conv2D (one)"],
  ["one by the name of a prototype", jsonOf("constructor"), none, "got constructor (one)"],
  [
    "an unknown activation",
    jsonOf("Activation", { activation: "toString" }),
    none,
    "as activation of one, got toString",
  ],
  ["the old hard sigmoid", jsonOf("Activation", { activation: "hard_sigmoid" }), none, "got hard_sigmoid"],
  ["a bounded ReLU", jsonOf("ReLU", { max_value: 6 }), none, "no max_value and threshold of one"],
  [
    "a GRU in the older form",
    jsonOf("GRU", { units: 1 }, steps),
    none,
    "true as reset_after of one, got false",
  ],
  [
    "an LSTM with a hard sigmoid",
    jsonOf("LSTM", { units: 1, recurrent_activation: "hard_sigmoid" }, steps),
    none,
    "got hard_sigmoid",
  ],
  [
    "an LSTM that goes backwards",
    jsonOf("LSTM", { units: 1, go_backwards: true }, steps),
    none,
    "false as go_backwards of one, got true",
  ],
  [
    "a convolution that looks ahead",
    jsonOf("Conv1D", { filters: 1, kernel_size: [2], padding: "same" }, steps),
    none,
    '"causal" as padding of one, got "same"',
  ],
  ["a softmax over steps", jsonOf("Softmax", {}, steps), none, "rows without steps for one, got 4 × 3"],
  [
    "steps without a number",
    jsonOf("LSTM", { units: 1 }, { batch_input_shape: [null, null, 3] }),
    none,
    "shape of the input (inputShape tells them)",
  ],
  [
    "a mask",
    jsonOf("Embedding", { input_dim: 2, output_dim: 2, mask_zero: true }),
    none,
    "false as mask_zero of one, got true",
  ],
  [
    "units that are no number",
    jsonOf("Dense", { units: "4" }),
    none,
    'a whole number above 0 as units of one, got "4"',
  ],
  ["a missing weight", dense, none, "one tensor named one/kernel, got none"],
  ["a weight of another shape", dense, kernel([1, 3]), "3 × 1 numbers as one/kernel, got 1 × 3"],
  ["weights that are not finite", dense, kernel([3, 1], Number.NaN), "finite numbers as one/kernel"],
  [
    "weights that are left over",
    dense,
    new Map([...kernel([3, 1]), ["two/kernel", kernel([1]).get("one/kernel")!]]),
    "a layer for every weight, got two/kernel without",
  ],
  [
    "weights that no tensor comes with",
    jsonOf("LayerNormalization", { scale: false, center: false }, { batch_input_shape: [null, 1e9] }),
    none,
    "weights for 2000000000 numbers, got 0",
  ],
  [
    "quantized weights",
    manifest({ quantization: { dtype: "uint8" } }),
    bytes,
    "weights that are not quantized",
  ],
  ["another type", manifest({ dtype: "int32" }), bytes, "float32 as dtype of one/kernel, got int32"],
  ["a shape beyond the bytes", manifest({}, [3, 1e15]), bytes, "bytes of one/kernel, got 12"],
  ["bytes that are left over", manifest({}), new Uint8Array(16), "12 bytes in the shards, got 16"],
  ["other shards than paths", manifest({}), [bytes, bytes], "1 shards of weights, got 2"],
  ["no manifest", dense, bytes, "an array as weightsManifest"],
  ["no JSON", "{", none, "JSON without duplicate keys"],
  ["a key twice", '{"a":1,"a":2}', none, '"a" twice'],
  [
    "another model",
    JSON.stringify({
      class_name: "Other",
      config: { layers: [{ class_name: "Dense", config: { name: "a" } }] },
    }),
    none,
    "a Sequential or Functional model, got Other",
  ],
])("fromKeras() refuses %s", (_, json, weights, message) => {
  expect(() => fromKeras(json, weights)).toThrow(message);
});

const functional = (layers: readonly [string, string, readonly string[]][], output: string): string =>
  JSON.stringify({
    class_name: "Functional",
    config: {
      layers: layers.map(([class_name, name, reads]) => ({
        class_name,
        name,
        config: { name, batch_input_shape: [null, 2], activation: "tanh" },
        inbound_nodes: reads.length ? [reads.map((read) => [read, 0, 0, {}])] : [],
      })),
      input_layers: [["x", 0, 0]],
      output_layers: [[output, 0, 0]],
    },
  });
const x = ["InputLayer", "x", []] as [string, string, readonly string[]];

it.each<[string, string, string]>([
  [
    "a cycle",
    functional([x, ["Activation", "a", ["b"]], ["Activation", "b", ["a"]]], "a"),
    "layers without a cycle",
  ],
  [
    "a second input",
    functional([x, ["InputLayer", "z", []], ["Add", "a", ["x", "z"]]], "a"),
    "one input, got z beside x",
  ],
  [
    "a layer that is not there",
    functional([x, ["Add", "a", ["x", "z"]]], "a"),
    "layers that read from layers, got z",
  ],
  [
    "branches that share a layer",
    functional(
      [
        x,
        ["Activation", "a", ["x"]],
        ["Activation", "b", ["a"]],
        ["Activation", "c", ["a"]],
        ["Add", "s", ["x", "b", "c"]],
      ],
      "s",
    ),
    "branches that share nothing until they meet, got a in two of them",
  ],
])("fromKeras() refuses %s", (_, json, message) => {
  expect(() => fromKeras(json, none)).toThrow(message);
});

it("fromKeras() takes a shape that the file leaves open, and limits", () => {
  const open = jsonOf("Activation", { activation: "tanh" }, { batch_input_shape: [null, null, 2] });
  const limited = (options: FromKerasOptions) => () => fromKeras(open, none, options);
  expect(limited({ inputShape: [3, 2] })().model.predict([0, 0, 0, 0, 0, 0]).cols).toBe(6);
  expect(limited({ maxJson: 10 })).toThrow("at most 10 bytes of JSON");
  expect(limited({ inputShape: [0] })).toThrow("inputShape[0]");
  expect(() => fromKeras(manifest({}), bytes, { maxBytes: 11 })).toThrow(
    "at most 11 bytes of weights, got 12",
  );
});

it("fromKeras() answers mutated files with a model, or refuses them in its own words", () => {
  const draws = random(17);
  const to = (n: number): number => Math.floor(draws.uniform() * n);
  const words = [
    "null",
    "-1",
    "0",
    "1e9",
    "1e300",
    '""',
    '"tanh"',
    "[]",
    "{}",
    "true",
    '{"__proto__":{"a":1}}',
    "[[[[]]]]",
  ];
  let refused = 0;
  for (let round = 0; round < 3000; round++) {
    const names = Object.keys(cases);
    const one = cases[names[to(names.length)]!]!;
    let json = JSON.stringify(one.json);
    const places = [...json.matchAll(/(?<=[:[,])(?:"[^"]*"(?!:)|-?[\d.]+|null|true|false|\[\])/g)];
    for (let m = 0; m <= to(3); m++) {
      const place = places[to(places.length)]!;
      const by = to(3) ? words[to(words.length)]! : places[to(places.length)]![0];
      json = to(8)
        ? json.slice(0, place.index) + by + json.slice(place.index + place[0].length)
        : json.slice(0, to(json.length));
    }
    const given = weightsOf(one);
    const weights =
      given instanceof Map || to(3)
        ? given
        : (given as readonly Uint8Array[]).map((shard) =>
            to(2) ? shard.map((b) => (to(9) ? b : to(256))) : shard.subarray(to(5)),
          );
    try {
      const { model } = fromKeras(json, weights);
      expect(model.weights.values.cols).toBeLessThan(2 ** 21);
    } catch (error) {
      if (!isInvalidInput(error)) throw error;
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(1000);
  expect(refused).toBeLessThan(3000);
  expect(({} as Record<string, unknown>).a).toBeUndefined();
});
