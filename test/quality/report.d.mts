import type { Measured } from "./measure.mjs";

export function tableOf(measured: Measured): string[][];
export function textOf(rows: readonly (readonly string[])[]): string;
export function markdownOf(measured: readonly Measured[]): string;
