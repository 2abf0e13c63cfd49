import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

const λ = 1.0507009873554805;
const α = 1.6732632423543772;

/** λx above 0, λα(eˣ − 1) below: keeps mean 0 and variance 1 through the layers (Klambauer et al., 2017). */
export const selu = (): Layer =>
  elementwise(
    "selu()",
    (x) => (x > 0 ? λ * x : λ * α * Math.expm1(x)),
    (x, y) => (x > 0 ? λ : y + λ * α),
  );
