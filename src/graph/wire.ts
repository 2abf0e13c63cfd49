import type { Observable, Observer } from "rxjs";
import type { Width } from "../layers/layer.ts";
import type { Matrix, Value } from "../math/matrix.ts";
import { type Circuit, circuit } from "./circuit.ts";
import type { Frame } from "./frame.ts";
import { Lane } from "./lane.ts";
import type { WeightsOptions } from "./weights.ts";

/** Where in a graph a wire lies. */
export interface Wiring {
  readonly circuit: Circuit;
  /** Columns of each matrix on the wire, where known. */
  readonly widths: readonly Width[];
  /** What feeds the wire, for error messages: `dense(2, 8)`. */
  readonly from: string;
  /** Indices of the nodes that feed it; −1 is the input. */
  readonly nodes: readonly number[];
  /** Whether the gradient on this wire is of use to anybody; the first layer saves itself a product if not. */
  readonly wantsGrad: boolean;
}

/** The end of a wire that a node reads from: values come out, gradients go in. */
export interface Source<A extends Value = Matrix> {
  readonly value$: Observable<Frame<A>>;
  readonly grad: Observer<Frame<A>>;
  readonly wiring: Wiring;
}

/** The end of a wire that a node writes to: values go in, gradients come out. */
export interface Sink<A extends Value = Matrix> {
  readonly value: Observer<Frame<A>>;
  readonly grad$: Observable<Frame<A>>;
}

/** One edge of the graph: a pair of subjects with two typed ends. */
export interface Wire<A extends Value = Matrix> {
  readonly source: Source<A>;
  readonly sink: Sink<A>;
}

/** Where the wire lies; without a circuit it starts a new graph, with new weights. */
export type WireOptions = Partial<Wiring> & WeightsOptions;

/** A wire; by itself it is the input of a new graph. Completing its sink takes down everything that hangs on it. */
export const wire = <A extends Value = Matrix>(options: WireOptions = {}): Wire<A> => {
  const {
    circuit: own = circuit(options),
    widths = [undefined],
    from = "the input",
    nodes = [-1],
    wantsGrad = true,
  } = options;
  const value = new Lane<Frame<A>>();
  const grad = new Lane<Frame<A>>();
  const wiring = { circuit: own, widths, from, nodes, wantsGrad };
  return { source: { value$: value, grad, wiring }, sink: { value, grad$: grad } };
};
