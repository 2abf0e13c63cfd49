import type { Layer } from "../layers/layer.ts";
import type { Value } from "../math/matrix.ts";
import { node } from "./node.ts";
import type { AnyPlan, Last, Linked } from "./plan.ts";
import type { Source } from "./wire.ts";

/** Sends a wire through layers or plans, one after another, and returns the wire that comes out. */
export const through = <A extends Value, const P extends readonly AnyPlan[]>(
  source: Source<A>,
  ...parts: P & Linked<P, A>
): Source<Last<P, A>> => {
  let out = source as unknown as Source;
  for (const part of parts as readonly AnyPlan[]) out = build(part, out);
  return out as unknown as Source<Last<P, A>>;
};

const build = (plan: AnyPlan, source: Source): Source =>
  plan.kind === "layer" ? node(plan as Layer, source) : plan.wire(source, build);
