import type { KerasLayer, KerasNode, KerasTopology } from "../formats/kerasTopology.ts";
import { field, type Untrusted } from "../formats/untrusted.ts";
import { add } from "../layers/add.ts";
import { concatenate } from "../layers/concatenate.ts";
import type { Layer } from "../layers/layer.ts";
import { multiply } from "../layers/multiply.ts";
import type { Matrix } from "../math/matrix.ts";
import { kerasLayer } from "./kerasLayer.ts";
import type { ConvertedLayer } from "./kerasSite.ts";
import { chain, type Plan, parallel } from "./plan.ts";

/** A network of Keras as a plan, and what each of its layers has become. */
export interface KerasPlan {
  readonly plan: Plan;
  readonly converted: ReadonlyMap<KerasLayer, ConvertedLayer>;
}

type Join = Layer<readonly Matrix[], Matrix>;

const joins: Readonly<Record<string, () => Join>> = {
  Add: add,
  Multiply: multiply,
  Concatenate: concatenate,
};

/** A node, its shape, and the nearest node before it through which all ways to it lead. */
interface Site {
  readonly shape: readonly number[];
  readonly gate: KerasNode | undefined;
  readonly depth: number;
}

/**
 * Makes a plan of a network of Keras: layers one after another are a chain, and where layers meet, the branches from the last node
 * that they have in common are parallel.
 * @throws InvalidInputError for layers that we do not have, and for branches that meet in other ways.
 */
export const kerasPlan = (
  look: Untrusted,
  { output, keras3 }: KerasTopology,
  inputShape?: readonly number[],
): KerasPlan => {
  const sites = new Map<KerasNode, Site>();
  const converted = new Map<KerasLayer, ConvertedLayer>();
  const meet = (a: KerasNode, b: KerasNode): KerasNode => {
    let [m, n] = [a, b];
    while (m !== n) {
      const deeper = sites.get(m)!.depth >= sites.get(n)!.depth;
      if (deeper) m = sites.get(m)!.gate!;
      else n = sites.get(n)!.gate!;
    }
    return m;
  };
  const convert = (layer: KerasLayer, shape: readonly number[]): ConvertedLayer => {
    const known = converted.get(layer);
    const made = kerasLayer({ ...layer, look, shape, keras3 });
    if (!known) converted.set(layer, made);
    else if (known.layer.source !== made.layer.source)
      throw look.refuse(`inputs of one shape for ${layer.name}`, shape.join(" × "));
    return known ?? made;
  };
  const visit = (node: KerasNode): Site => {
    const known = sites.get(node);
    if (known) return known;
    const { layer, reads } = node;
    const before = reads.map(visit);
    const gate = reads.length > 0 ? reads.reduce(meet) : undefined;
    const shape = shapeOf(look, node, before, convert, inputShape);
    const site = { shape, gate, depth: gate ? sites.get(gate)!.depth + 1 : 0 };
    if (!gate && layer.className !== "InputLayer") throw look.refuse(`an input of ${layer.name}`, "none");
    sites.set(node, site);
    return site;
  };
  visit(output);
  const used = new Set<KerasNode>();
  const parts = (from: KerasNode | undefined, to: KerasNode): readonly Plan[] => {
    if (to === from || to.reads.length === 0) return [];
    if (used.has(to))
      throw look.refuse("branches that share nothing until they meet", `${to.layer.name} in two of them`);
    used.add(to);
    const join = joinOf(to.layer);
    const { gate } = sites.get(to)!;
    if (!join) return [...parts(from, to.reads[0]!), converted.get(to.layer)!.layer];
    const [first, ...rest] = to.reads.map((read) => chain(...parts(gate, read)));
    return [...parts(from, gate!), parallel(join, first!, ...rest)];
  };
  return { plan: chain(...parts(undefined, output)), converted };
};

const joinOf = ({ className }: KerasLayer): Join | undefined =>
  Object.hasOwn(joins, className) ? joins[className]!() : undefined;

const shapeOf = (
  look: Untrusted,
  { layer }: KerasNode,
  before: readonly { readonly shape: readonly number[] }[],
  convert: (layer: KerasLayer, shape: readonly number[]) => ConvertedLayer,
  inputShape: readonly number[] | undefined,
): readonly number[] => {
  const { name, className, config } = layer;
  const shapes = before.map(({ shape }) => shape);
  const [first] = shapes;
  if (!first) return inputShape ?? inputShapeOf(look, layer);
  if (!joinOf(layer)) {
    if (shapes.length > 1)
      throw look.refuse(`one input of ${name}`, `${shapes.length} inputs of ${className}`);
    return convert(layer, first).shape;
  }
  const refuse = () =>
    look.refuse(
      `inputs that go together as those of ${name}`,
      shapes.map((shape) => shape.join(" × ")).join(" and "),
    );
  if (className !== "Concatenate") {
    if (shapes.some((shape) => shape.join() !== first.join())) throw refuse();
    return first;
  }
  const axis = field(config, "axis") ?? -1;
  const isFirst = axis === 1 || axis === -first.length; // of rows in which steps follow each other, that is side by side
  if (!isFirst || shapes.some((shape) => shape.slice(1).join() !== first.slice(1).join())) throw refuse();
  return [shapes.reduce((sum, [n]) => sum + n!, 0), ...first.slice(1)];
};

/** The shape of a row, which is the input's without the batch. */
const inputShapeOf = (look: Untrusted, { config }: KerasLayer): readonly number[] => {
  const whole = field(config, "batch_shape") ?? field(config, "batch_input_shape");
  const length = field(config, "input_length");
  const said = whole === undefined && length !== undefined ? [null, length] : whole;
  const [, ...shape] = look.list("shape of the input (inputShape tells it)", said);
  if (
    shape.length < 1 ||
    shape.length > 2 ||
    !shape.every((n) => Number.isSafeInteger(n) && (n as number) > 0)
  )
    throw look.refuse(
      "one or two known sizes as shape of the input (inputShape tells them)",
      JSON.stringify(shape),
    );
  return shape as readonly number[];
};
