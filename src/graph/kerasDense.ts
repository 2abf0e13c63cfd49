import { conv1d } from "../layers/conv1d.ts";
import { dense } from "../layers/dense.ts";
import { activationIn, type Converter, count, flag, stepped, weight } from "./kerasSite.ts";

/** Dense; over steps it is a convolution that sees one of them. */
export const kerasDense: Converter = (site) => {
  const units = count(site, "units");
  const bias = flag(site, "use_bias", true);
  const options = { bias, ...activationIn(site) };
  const [columns] = site.shape.slice(-1) as [number];
  const weights = [weight("kernel", [columns, units], "W"), ...(bias ? [weight("bias", [units], "b")] : [])];
  if (site.shape.length === 1) return { layer: dense(columns, units, options), shape: [units], weights };
  const [steps] = stepped(site);
  return {
    layer: conv1d(columns, units, { steps, kernelSize: 1, ...options }),
    shape: [steps, units],
    weights,
  };
};
