import type { Layer, Mode, Pass } from "../layers/layer.ts";
import type { Value } from "../math/matrix.ts";
import { isSparse } from "../math/sparse.ts";
import { fit } from "./fit.ts";
import { inlets } from "./inlets.ts";
import { listen } from "./listen.ts";
import { planner } from "./planner.ts";
import { type Source, type Wire, wire } from "./wire.ts";

/**
 * Puts a layer to work on a wire and returns the wire that it writes to. Values go down through `forward`, gradients come
 * back through `backward`; what either throws becomes an error on the wire in its direction.
 * @throws InvalidInputError when the layer does not fit what feeds the wire, naming both.
 */
export const node = <A extends Value, B extends Value>(layer: Layer<A, B>, source: Source<A>): Source<B> => {
  const { circuit } = source.wiring;
  const { kernels } = circuit.weights;
  const widths = fit(layer, source.wiring.widths, source.wiring.from);
  const own = circuit.weights.of(layer);
  const index = circuit.nodes.length;
  const output: Wire<B> = wire({ circuit, widths, from: layer.source, nodes: [index] });
  circuit.nodes.push({
    name: own.name,
    layer: layer,
    reads: source.wiring.nodes,
    widths,
    value$: output.source.value$,
    grad$: output.sink.grad$,
  });
  const plans = planner(layer, own, source.wiring);
  const reach = { x: inlets<A>(kernels), dy: inlets<B>(kernels) };
  const takesAsIs = (value: A): boolean => layer.acceptsSparse === true && "cols" in value && isSparse(value);
  const free = () => {
    plans.free();
    reach.x.free();
    reach.dy.free();
  };
  let pass: Pass<A, B>;
  const down = { id: 0, mode: "train" as Mode, value: undefined as unknown as B };
  const up = { id: 0, mode: "train" as Mode, value: undefined as unknown as A };

  listen(output.sink.grad$, {
    next: (frame) => {
      try {
        if (frame.id !== down.id || !pass) throw outOfTurn(layer.source, frame.id, down.id);
        up.value = pass.backward(reach.dy.admit(frame.value), !own.fresh, frame.preActivation === true);
        own.fresh = false;
      } catch (error) {
        source.grad.error(error);
        return;
      }
      up.id = frame.id;
      up.mode = frame.mode;
      source.grad.next(up);
    },
    error: (error) => source.grad.error(error),
    complete: () => {},
  });
  listen(source.value$, {
    next: (frame) => {
      try {
        const x = takesAsIs(frame.value) ? frame.value : reach.x.admit(frame.value);
        pass = plans.passFor(x);
        if (frame.mode === "train") own.fresh = true;
        down.value = pass.forward(x, frame.mode);
      } catch (error) {
        output.sink.value.error(error);
        return;
      }
      down.id = frame.id;
      down.mode = frame.mode;
      output.sink.value.next(down);
    },
    error: (error) => {
      output.sink.value.error(error);
      output.source.grad.complete();
      free();
    },
    complete: () => {
      output.sink.value.complete();
      output.source.grad.complete();
      free();
    },
  });
  return output.source;
};

const outOfTurn = (source: string, got: number, inFlight: number): Error =>
  new Error(
    `${source} expects the gradient of batch ${inFlight}, which is in flight, got that of batch ${got}`,
  );
