import { field, type Untrusted } from "./untrusted.ts";

/** A layer of Keras as its configuration has it. */
export interface KerasLayer {
  readonly name: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A use of a layer; one that reads from nothing is the input. */
export interface KerasNode {
  readonly layer: KerasLayer;
  readonly reads: readonly KerasNode[];
}

/** A network of Keras: its last node, and whether it is of Keras 3, where some activations are others. */
export interface KerasTopology {
  readonly output: KerasNode;
  readonly keras3: boolean;
}

const maxLayers = 1000;
const maxEdges = 10_000;

/** Reads the layers of a Sequential or Functional model, and what reads from what, from JSON that was parsed. */
export const kerasTopology = (look: Untrusted, json: Readonly<Record<string, unknown>>): KerasTopology => {
  const outer = look.object("modelTopology", field(json, "modelTopology") ?? json);
  const model = look.object("model_config", field(outer, "model_config") ?? outer);
  const className = look.text("class_name of the model", field(model, "class_name"));
  const version = field(outer, "keras_version");
  const keras3 = typeof version === "string" ? version.startsWith("3") : field(model, "module") !== undefined;
  const config = field(model, "config");
  const entries = look.list(
    "layers",
    Array.isArray(config) ? config : field(look.object("config", config), "layers"),
  );
  if (entries.length === 0 || entries.length > maxLayers)
    throw look.refuse(`1 to ${maxLayers} layers`, String(entries.length));
  const layers = entries.map((entry, i) => layerOf(look, entry, i));
  if (new Set(layers.map(({ name }) => name)).size < layers.length)
    throw look.refuse("a name of its own for each layer", "one twice");
  if (className === "Sequential") return { output: sequential(layers), keras3 };
  if (className !== "Functional" && className !== "Model")
    throw look.refuse("a Sequential or Functional model", className);
  return { output: functional(look, look.object("config", config), entries, layers), keras3 };
};

const layerOf = (look: Untrusted, entry: unknown, i: number): KerasLayer => {
  const object = look.object(`layer ${i}`, entry);
  const config = look.object(`config of layer ${i}`, field(object, "config"));
  return {
    name: look.text(`name of layer ${i}`, field(config, "name") ?? field(object, "name")),
    className: look.text(`class_name of layer ${i}`, field(object, "class_name")),
    config: { ...inputShapeOf(object), ...config },
  };
};

/** Keras 3 may tell of the input of a Sequential model by how its first layer was built. */
const inputShapeOf = (object: Readonly<Record<string, unknown>>): object => {
  const built = field(object, "build_config");
  if (typeof built !== "object" || built === null) return {};
  const shape = field(built as Readonly<Record<string, unknown>>, "input_shape");
  return shape === undefined ? {} : { batch_input_shape: shape };
};

const sequential = (layers: readonly KerasLayer[]): KerasNode => {
  const [first] = layers;
  const input = { ...first!, className: "InputLayer", name: "" };
  const start: KerasNode = { layer: first!.className === "InputLayer" ? first! : input, reads: [] };
  const rest = first!.className === "InputLayer" ? layers.slice(1) : layers;
  return rest.reduce((from, layer): KerasNode => ({ layer, reads: [from] }), start);
};

const functional = (
  look: Untrusted,
  config: Readonly<Record<string, unknown>>,
  entries: readonly unknown[],
  layers: readonly KerasLayer[],
): KerasNode => {
  const places = new Map(layers.map(({ name }, i) => [name, i]));
  const only = (what: string): readonly [string, number] => {
    const list = look.list(what, field(config, what));
    const [one] = Array.isArray(list[0]) ? list : [list];
    if (Array.isArray(list[0]) && list.length !== 1) throw look.refuse(`one of ${what}`, String(list.length));
    return placeOf(look, one);
  };
  const made = new Map<string, KerasNode | "open">();
  let edges = 0;
  const readsOf = (call: unknown): readonly (readonly [string, number])[] => {
    const reads = historiesOf(look, call);
    edges += reads.length;
    if (edges > maxEdges) throw look.refuse(`at most ${maxEdges} connections`, "more");
    return reads;
  };
  const build = ([name, index]: readonly [string, number]): KerasNode => {
    const key = JSON.stringify([name, index]);
    const known = made.get(key);
    if (known === "open") throw look.refuse("layers without a cycle", `one at ${name}`);
    if (known) return known;
    made.set(key, "open");
    if (made.size > maxLayers) throw look.refuse(`at most ${maxLayers} uses of layers`, "more");
    const place = places.get(name);
    if (place === undefined) throw look.refuse("layers that read from layers", name);
    const layer = layers[place]!;
    const calls = look.list(
      "inbound_nodes",
      field(entries[place] as Readonly<Record<string, unknown>>, "inbound_nodes") ?? [],
    );
    const reads = layer.className === "InputLayer" ? [] : readsOf(calls[index]).map(build);
    const node = { layer, reads };
    made.set(key, node);
    return node;
  };
  const [input] = only("input_layers");
  const output = build(only("output_layers"));
  const others = layers.filter(({ className, name }) => className === "InputLayer" && name !== input);
  if (others[0]) throw look.refuse("one input", `${others[0].name} beside ${input}`);
  return output;
};

/** [name, index of the use of the layer, index of its output]. */
const placeOf = (look: Untrusted, value: unknown): readonly [string, number] => {
  const [name, node = 0, tensor = 0] = look.list("place of a tensor", value);
  if (!Number.isSafeInteger(node) || tensor !== 0)
    throw look.refuse("layers with one output", `output ${String(tensor)} of ${String(name)}`);
  return [look.text("name of a layer", name), node as number];
};

/** What a use of a layer reads: [[name, node, tensor, kwargs], …], or in Keras 3 { args, kwargs } with tensors in args. */
const historiesOf = (look: Untrusted, call: unknown): readonly (readonly [string, number])[] => {
  if (Array.isArray(call))
    return call.map((one) => placeOf(look, look.list("inbound node", one).slice(0, 3)));
  const args = look.list("args of inbound_nodes", field(look.object("inbound node", call), "args"));
  return args.flat().map((tensor) => {
    const config = look.object("config of a tensor", field(look.object("a tensor", tensor), "config"));
    return placeOf(look, field(config, "keras_history"));
  });
};
