import {
  catchError,
  defer,
  EMPTY,
  filter,
  from,
  last,
  map,
  merge,
  mergeMap,
  type Observable,
  takeUntil,
} from "rxjs";
import type { Mode } from "../layers/layer.ts";
import { invalid } from "../math/invalid.ts";
import { copyOf, type Matrix, type Value } from "../math/matrix.ts";
import type { GraphNode } from "./circuit.ts";
import type { Frame } from "./frame.ts";
import type { Model } from "./model.ts";
import { matricesOf } from "./planner.ts";
import type { Run } from "./run.ts";

/** What a tap saw on a wire of a running graph: a copy. */
export interface Tapped {
  readonly run: number;
  readonly id: number;
  readonly mode: Mode;
  /** rows × width of the layer. */
  readonly value: Matrix;
}

/** A layer of a model: its index in the graph, or its name (`dense0`, or the one given with `named`). */
export type LayerAddress = number | string;

/**
 * What a layer answers, batch by batch, in every graph of the model that runs or will run, predictions included. Without
 * a subscriber it costs nothing. It tells once the layers behind have been through with the batch, so several taps are
 * brought together by `run` and `id`, not by who came first.
 * @throws InvalidInputError when the model has no such layer, listing those it has.
 */
export const activations$ = (model: Model, layer: LayerAddress): Observable<Tapped> =>
  tap(model, layer, "activations$", ({ value$ }) => value$);

/**
 * The gradient of the loss with respect to what a layer answers, batch by batch; in float32, where the last layer's sigmoid
 * or softmax is fused with its crossentropy, that of what went into the activation: p − t. It observes; mapGradient
 * changes.
 */
export const gradients$ = (model: Model, layer: LayerAddress): Observable<Tapped> =>
  tap(model, layer, "gradients$", ({ grad$ }) => grad$);

const tap = (
  model: Model,
  layer: LayerAddress,
  actor: string,
  side: (node: GraphNode) => Observable<Frame<Value>>,
): Observable<Tapped> => {
  const names = model.nodes.map(({ name }) => name);
  const isThere = typeof layer === "number" ? layer in names : names.includes(layer);
  if (!isThere)
    throw invalid(
      `${actor}()`,
      `a layer of the model: ${names.map((n, i) => `${i} ${n}`).join(", ")}`,
      String(layer),
    );
  const watch = (run: Run): Observable<Tapped> =>
    from(run.circuit.nodes).pipe(
      filter(({ name }, index) => (typeof layer === "number" ? index === layer : name === layer)),
      mergeMap((node) => side(node).pipe(catchError(() => EMPTY))), // a run that fails says so to whoever trains
      map(({ id, mode, value }) => ({ run: run.id, id, mode, value: copyOf(matricesOf(value)[0]!) })),
    );
  return defer(() =>
    merge(from([...model.runs]), model.started$).pipe(
      mergeMap(watch),
      takeUntil(model.started$.pipe(last(null, undefined))),
    ),
  );
};
