import type { Layer } from "../layers/layer.ts";
import type { Value } from "../math/matrix.ts";
import { fork } from "./fork.ts";
import { join } from "./join.ts";
import { node } from "./node.ts";
import type { AnyPlan, Composite, Last, Linked } from "./plan.ts";
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

const build = (plan: AnyPlan, source: Source): Source => {
  if (plan.kind === "layer") return node(plan as Layer, source);
  if (plan.kind === "chain") return plan.parts.reduce((out, part) => build(part, out), source);
  const branches = fork(source, plan.parts.length);
  return node((plan as Composite).join!, join(branches.map((branch, i) => build(plan.parts[i]!, branch))));
};
