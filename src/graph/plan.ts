import { add } from "../layers/add.ts";
import type { Layer, LayerSpec, Width } from "../layers/layer.ts";
import { invalid, inWords } from "../math/invalid.ts";
import type { Matrix, Value } from "../math/matrix.ts";
import { fit } from "./fit.ts";
import { fork } from "./fork.ts";
import { join } from "./join.ts";
import { node } from "./node.ts";
import type { Source } from "./wire.ts";

/** A plan made of plans. It is a value: building a graph from it twice makes two graphs over the same layers. */
export interface Composite<A extends Value = Matrix, B extends Value = Matrix> {
  readonly kind: "chain" | "parallel";
  readonly parts: readonly AnyPlan[];
  /** What brings the branches of a parallel plan together. */
  readonly join?: Layer<readonly Matrix[], Matrix>;
  readonly source: string;
  /** The number of columns that it takes, where only one will do. */
  readonly inputs?: number;
  widths(inputs: readonly Width[]): readonly Width[];
  /** Sends a wire through its parts, each of them by `through`. */
  wire(source: Source, through: (part: AnyPlan, source: Source) => Source): Source;
  /** Never there: it only tells the compiler what goes in and what comes out. */
  readonly types?: { in(value: A): void; out: B };
}

/** What a network is made of: a layer, or a composite of plans. */
export type Plan<A extends Value = Matrix, B extends Value = Matrix> = Layer<A, B> | Composite<A, B>;

/** A plan whatever flows through it. */
export type AnyPlan = LayerSpec | Omit<Composite, "types">;

type OutputOf<P> = P extends Plan<infer _ extends Value, infer B extends Value> ? B : never;

/** A tuple of plans of which each takes what the one before gives. */
export type Linked<P extends readonly unknown[], A extends Value> = P extends readonly [infer F, ...infer R]
  ? readonly [Plan<A, Extract<OutputOf<F>, Value>>, ...Linked<R, Extract<OutputOf<F>, Value>>]
  : P extends readonly []
    ? readonly []
    : readonly Plan<Matrix, Matrix>[];

/** What comes out of the last of the plans; what goes in, when there are none. */
export type Last<P extends readonly unknown[], A extends Value> = P extends readonly [...unknown[], infer L]
  ? Extract<OutputOf<L>, Value>
  : A;

/** Refuses what is no plan, such as `relu` where `relu()` was meant. @throws InvalidInputError */
export const checkPlan = (actor: string, what: string, plan: unknown): void => {
  const kind = (plan as AnyPlan | null | undefined)?.kind;
  if (kind !== "layer" && kind !== "chain" && kind !== "parallel")
    throw invalid(actor, `a layer or a plan as ${what}`, inWords(plan));
};

const checkParts = (actor: string, parts: readonly unknown[]): void => {
  parts.forEach((part, i) => {
    checkPlan(actor, `part ${i}`, part);
  });
};

const parenthesized = (name: string, parts: readonly { source: string }[]) =>
  `${name}(${parts.map(({ source }) => source).join(", ")})`;

/**
 * The parts one after another.
 * @throws InvalidInputError when neighbours do not fit, naming both: `dense(9, 1) expects 9 columns, got 8 from dense(2, 8)`.
 */
export const chain = <const P extends readonly AnyPlan[]>(
  ...parts: P & Linked<P, Matrix>
): Composite<Matrix, Last<P, Matrix>> => {
  checkParts("chain()", parts);
  const [first] = parts as readonly AnyPlan[];
  const inputs = first?.inputs;
  const composite: Composite<Matrix, Last<P, Matrix>> = {
    kind: "chain",
    parts,
    source: parenthesized("chain", parts),
    ...(inputs === undefined ? {} : { inputs }),
    widths: (widths) => {
      let out = widths;
      let from: string | undefined;
      for (const part of parts as readonly AnyPlan[]) {
        out = from === undefined ? part.widths(out) : fit(part, out, from);
        from = part.source;
      }
      return out;
    },
    wire: (source, through) =>
      (parts as readonly AnyPlan[]).reduce((out, part) => through(part, out), source),
  };
  composite.widths([inputs]);
  return composite;
};

/**
 * Every part gets the same input; `join`, such as `concatenate()`, `add()` or `multiply()`, makes one output of theirs.
 * @throws InvalidInputError when there are no parts, when they take different widths, or when the join refuses theirs.
 */
export const parallel = (
  joining: Layer<readonly Matrix[], Matrix>,
  ...parts: readonly [Plan, ...Plan[]]
): Composite => {
  checkParts("parallel()", [joining, ...parts]);
  return composite("parallel", joining, parts, parenthesized("parallel", [joining, ...parts]));
};

/** x + part(x): what the part learns is a change of its input, so gradients also pass it by (He et al., 2016). */
export const residual = (part: Plan): Composite => {
  checkParts("residual()", [part]);
  return composite("residual", add(), [part, chain()], `residual(${part.source})`);
};

const composite = (
  name: string,
  joining: Layer<readonly Matrix[], Matrix>,
  parts: readonly Plan[],
  source: string,
): Composite => {
  if (parts.length === 0) throw invalid(`${name}()`, "at least one part", "none");
  const first = parts.find((part) => part.inputs !== undefined);
  const inputs = first?.inputs;
  const plan: Composite = {
    kind: "parallel",
    parts,
    join: joining,
    source,
    ...(inputs === undefined ? {} : { inputs }),
    widths: (widths) => {
      const outs = parts.map((part) => part.widths(widths)[0]);
      return fit(
        joining,
        outs,
        parts.map((part) => (part.source === "chain()" ? "its input" : part.source)).join(" and "),
      );
    },
    wire: (source, through) => {
      const branches = fork(source, parts.length);
      return node(joining, join(branches.map((branch, i) => through(parts[i]!, branch))));
    },
  };
  fit(plan, [inputs], `the input that it shares with ${first?.source}`);
  return plan;
};
