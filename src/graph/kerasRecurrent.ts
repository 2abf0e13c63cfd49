import { field } from "../formats/untrusted.ts";
import { gru } from "../layers/gru.ts";
import { kerasActivation } from "./kerasActivation.ts";
import { type Converter, count, flag, type KerasWeight, only, stepped, weight } from "./kerasSite.ts";

/** GRU with reset_after, and LSTM. The gates of Keras are z r h, and i f c o; ours r z n, and i f g o. */
export const kerasRecurrent =
  (cell: typeof gru, order: readonly number[]): Converter =>
  (site) => {
    const [steps, columns] = stepped(site);
    const units = count(site, "units");
    only(site, "activation", ["tanh"]);
    const recurrent = field(site.config, "recurrent_activation");
    const sigmoid = kerasActivation(site.look, site.name, recurrent ?? "sigmoid", site.keras3);
    if (sigmoid.type !== "sigmoid")
      throw site.look.refuse(`"sigmoid" as recurrent_activation of ${site.name}`, sigmoid.source);
    for (const key of ["go_backwards", "stateful", "return_state", "time_major"]) only(site, key, [false]);
    const isGru = cell === gru;
    if (isGru && !flag(site, "reset_after", site.keras3))
      throw site.look.refuse(`true as reset_after of ${site.name}`, "false");
    const returnSequences = flag(site, "return_sequences", false);
    const wide = order.length * units;
    const bias: KerasWeight = isGru
      ? { name: "bias", shape: [2, wide], to: ["b_ih", "b_hh"], order }
      : { name: "bias", shape: [wide], to: ["b_ih"], order };
    return {
      layer: cell(columns, units, { steps, returnSequences }),
      shape: returnSequences ? [steps, units] : [units],
      weights: [
        weight("kernel", [columns, wide], "W_ih", order),
        weight("recurrent_kernel", [units, wide], "W_hh", order),
        ...(flag(site, "use_bias", true) ? [bias] : []),
      ],
    };
  };
