import { field } from "../formats/untrusted.ts";
import { conv1d } from "../layers/conv1d.ts";
import { activationIn, type Converter, count, flag, only, single, stepped, weight } from "./kerasSite.ts";

/** Conv1D, where it is causal. */
export const kerasConv1d: Converter = (site) => {
  const [steps, columns] = stepped(site);
  const [filters, kernelSize, dilation] = [
    count(site, "filters"),
    single(site, "kernel_size"),
    single(site, "dilation_rate"),
  ];
  only(site, "strides", [[1], 1]);
  only(site, "groups", [1]);
  only(site, "data_format", ["channels_last"]);
  only(site, "padding", kernelSize === 1 ? ["causal", "valid", "same"] : ["causal"]);
  if (kernelSize > 1 && field(site.config, "padding") === undefined)
    throw site.look.refuse(`"causal" as padding of ${site.name}`, "none");
  const bias = flag(site, "use_bias", true);
  return {
    layer: conv1d(columns, filters, { steps, kernelSize, dilation, bias, ...activationIn(site) }),
    shape: [steps, filters],
    weights: [
      weight("kernel", [kernelSize, columns, filters], "W"),
      ...(bias ? [weight("bias", [filters], "b")] : []),
    ],
  };
};
