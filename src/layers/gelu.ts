import { erf } from "../math/erf.ts";
import { invalid, knownOptions } from "../math/invalid.ts";
import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

const c = Math.sqrt(2 / Math.PI);

/** x·Φ(x), with Φ of the normal distribution, or its tanh approximation (Hendrycks & Gimpel, 2016). */
export const gelu = (options: { readonly approximate?: "none" | "tanh" } = {}): Layer => {
  knownOptions("gelu()", options, ["approximate"]);
  const { approximate = "none" } = options;
  if (approximate === "none")
    return elementwise(
      "gelu()",
      (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
      (x) => 0.5 * (1 + erf(x / Math.SQRT2)) + x * Math.exp(-0.5 * x * x) * 0.5 * c,
    );
  if (approximate !== "tanh") throw invalid("gelu()", '"none" or "tanh" as approximate', String(approximate));
  return elementwise(
    'gelu({ approximate: "tanh" })',
    (x) => 0.5 * x * (1 + Math.tanh(c * (x + 0.044715 * x * x * x))),
    (x) => {
      const t = Math.tanh(c * (x + 0.044715 * x * x * x));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x);
    },
  );
};
