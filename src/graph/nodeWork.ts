// Long because the three classes make sense only side by side.
import { Subscriber } from "rxjs";
import type { Layer, Mode, Pass } from "../layers/layer.ts";
import type { Matrix, Value } from "../math/matrix.ts";
import { isSparse } from "../math/sparse.ts";
import type { Frame } from "./frame.ts";
import { type Inlets, inlets } from "./inlets.ts";
import { type Planner, planner } from "./planner.ts";
import type { LayerWeights } from "./weights.ts";
import type { Sink, Source, Wire } from "./wire.ts";

// Classes, because a step passes here once for every layer and direction: methods on a prototype are the same functions in
// every graph, so the compiler takes them in whole, and a subscriber that does the work itself is one call less than one
// that passes it on (`npm run bench`).

/** A layer at work: what its two directions share. */
export class NodeWork<A extends Value, B extends Value> {
  readonly source: Source<A>;
  readonly sink: Sink<B>;
  readonly back: Wire<B>["source"]["grad"];
  private readonly layer: Layer<A, B>;
  private readonly own: LayerWeights;
  private readonly plans: Planner<A, B>;
  private readonly reachX: Inlets<A>;
  private readonly reachDy: Inlets<B>;
  readonly down: { id: number; mode: Mode; value: B };
  readonly up: { id: number; mode: Mode; value: A };
  private pass: Pass<A, B> | undefined;
  /** What came last, when it was within reach of the kernels as it came: what comes again needs no second look. */
  private x: A | undefined;
  private dy: B | undefined;
  private rows = -1;

  constructor(layer: Layer<A, B>, own: LayerWeights, source: Source<A>, output: Wire<B>) {
    const { kernels } = source.wiring.circuit.weights;
    this.source = source;
    this.sink = output.sink;
    this.back = output.source.grad;
    this.layer = layer;
    this.own = own;
    this.plans = planner(layer, own, source.wiring);
    this.reachX = inlets<A>(kernels);
    this.reachDy = inlets<B>(kernels);
    this.down = { id: 0, mode: "train", value: undefined as unknown as B };
    this.up = { id: 0, mode: "train", value: undefined as unknown as A };
  }

  forward({ id, mode, value }: Frame<A>): void {
    const { down, own } = this;
    const x = this.x === value && (value as Matrix).rows === this.rows ? value : this.arrive(value);
    if (mode === "train") own.fresh = true;
    down.value = this.pass!.forward(x, mode);
    down.id = id;
    down.mode = mode;
  }

  backward({ id, mode, value, preActivation }: Frame<B>): void {
    const { up, own, pass } = this;
    if (id !== this.down.id || pass === undefined) throw this.outOfTurn(id);
    up.value = pass.backward(
      this.dy === value ? value : this.return(value),
      !own.fresh,
      preActivation === true,
    );
    own.fresh = false;
    up.id = id;
    up.mode = mode;
  }

  private arrive(value: A): A {
    const single = "cols" in value;
    const x =
      this.layer.acceptsSparse === true && single && isSparse(value) ? value : this.reachX.admit(value);
    this.pass = this.plans.passFor(x);
    this.x = single && x === value ? value : undefined;
    this.rows = single ? value.rows : -1;
    return x;
  }

  private return(value: B): B {
    const dy = this.reachDy.admit(value);
    this.dy = "cols" in value && dy === value ? value : undefined;
    return dy;
  }

  free(): void {
    this.x = undefined;
    this.dy = undefined;
    this.plans.free();
    this.reachX.free();
    this.reachDy.free();
  }

  private outOfTurn(got: number): Error {
    const { source } = this.layer;
    return new Error(
      `${source} expects the gradient of batch ${this.down.id}, which is in flight, got that of batch ${got}`,
    );
  }
}

/** Values, on their way from the wire that a node reads to the one that it writes. */
export class Down<A extends Value, B extends Value> extends Subscriber<Frame<A>> {
  private readonly work: NodeWork<A, B>;

  constructor(work: NodeWork<A, B>) {
    super();
    this.work = work;
  }

  protected override _next(frame: Frame<A>): void {
    const { work } = this;
    try {
      work.forward(frame);
    } catch (error) {
      work.sink.value.error(error);
      return;
    }
    work.sink.value.next(work.down);
  }

  protected override _error(error: unknown): void {
    const { work } = this;
    work.sink.value.error(error);
    work.back.complete();
    work.free();
    this.unsubscribe();
  }

  protected override _complete(): void {
    const { work } = this;
    work.sink.value.complete();
    work.back.complete();
    work.free();
    this.unsubscribe();
  }
}

/** Gradients, on their way back. */
export class Up<A extends Value, B extends Value> extends Subscriber<Frame<B>> {
  private readonly work: NodeWork<A, B>;

  constructor(work: NodeWork<A, B>) {
    super();
    this.work = work;
  }

  protected override _next(frame: Frame<B>): void {
    const { work } = this;
    try {
      work.backward(frame);
    } catch (error) {
      work.source.grad.error(error);
      return;
    }
    work.source.grad.next(work.up);
  }

  protected override _error(error: unknown): void {
    this.work.source.grad.error(error);
    this.unsubscribe();
  }

  protected override _complete(): void {
    this.unsubscribe();
  }
}
