import type { Layer } from "../layers/layer.ts";
import type { Value } from "../math/matrix.ts";
import { fit } from "./fit.ts";
import { Down, NodeWork, Up } from "./nodeWork.ts";
import { type Source, type Wire, wire } from "./wire.ts";

/**
 * Puts a layer to work on a wire and returns the wire that it writes to. Values go down through `forward`, gradients come
 * back through `backward`; what either throws becomes an error on the wire in its direction.
 * @throws InvalidInputError when the layer does not fit what feeds the wire, naming both.
 */
export const node = <A extends Value, B extends Value>(layer: Layer<A, B>, source: Source<A>): Source<B> => {
  const { circuit } = source.wiring;
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
  const work = new NodeWork(layer, own, source, output);
  output.sink.grad$.subscribe(new Up(work));
  source.value$.subscribe(new Down(work));
  return output.source;
};
