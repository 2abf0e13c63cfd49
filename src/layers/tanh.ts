import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

/** The hyperbolic tangent. */
export const tanh = (): Layer => elementwise("tanh()", Math.tanh, (_, y) => 1 - y * y);
