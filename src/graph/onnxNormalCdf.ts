import type { OnnxBuilder } from "./onnxBuilder.ts";

const h = 0.5;
const n = Array.from({ length: 13 }, (_, k) => (k + 0.5) * h);

/**
 * Writes Φ(x), of which a GELU is made, where a runtime has no error function in double precision: with y = x/√2,
 * Φ(x) = σ(2πy/h) − (hy/π)·e^(−y²) Σₖ e^(−nₖ²)/(nₖ² + y²) for nₖ = (k + ½)h, the midpoint rule with the pole of its integrand
 * accounted for, to about e^(−π²/h²), 1e-17 (Hunter & Regan, 1972).
 */
export const onnxNormalCdf = ({ op, floats, ints, number }: OnnxBuilder, x: string): string => {
  const y = op("Mul", [x, number(Math.SQRT1_2)]);
  const square = op("Mul", [y, y]);
  const poles = floats("normal_poles", [n.length], () => n.map((nk) => nk * nk));
  const shares = floats("normal_shares", [n.length], () => n.map((nk) => (h / Math.PI) * Math.exp(-nk * nk)));
  const apart = op("Add", [op("Unsqueeze", [square, ints(-1)]), poles]);
  const sum = op("MatMul", [op("Reciprocal", [apart]), shares]);
  const tail = op("Mul", [op("Mul", [y, op("Exp", [op("Neg", [square])])]), sum]);
  return op("Sub", [op("Sigmoid", [op("Mul", [y, number((2 * Math.PI) / h)])]), tail]);
};
