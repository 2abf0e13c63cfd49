import { logistic } from "../math/functions.ts";
import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = (): Layer => elementwise("sigmoid()", logistic, (_, y) => y * (1 - y));
