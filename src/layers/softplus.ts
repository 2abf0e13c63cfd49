import { logistic, softplusOf } from "../math/functions.ts";
import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

/** ln(1 + eˣ) (Dugas et al., 2001). */
export const softplus = (): Layer => elementwise("softplus()", softplusOf, logistic);
