import type { Matrix } from "../matrix.ts";
import type { Block } from "./arena.ts";

/** Where a matrix of the arena starts, in bytes. */
export const at = (m: Matrix): number => (m as Block).ptr;
