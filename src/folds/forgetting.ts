import { finite } from "../math/invalid.ts";
import { power } from "../math/power.ts";

/** How fast the past fades: the weight α of the newest number, or after how many numbers a weight has halved. */
export type Forgetting = number | { readonly halfLife: number };

/** The α in (0, 1] of a forgetting. @throws InvalidInputError when there is none. */
export const alphaOf = (actor: string, forgetting: Forgetting): number =>
  typeof forgetting === "number"
    ? finite(actor, "alpha", forgetting, { min: Number.MIN_VALUE, max: 1 })
    : 1 - power(2, -1 / finite(actor, "halfLife", forgetting.halfLife, { min: Number.MIN_VALUE }));
