import type { Setting } from "./scenarios.mjs";

export declare const killing: (options: {
  readonly setting: Setting;
  readonly kills: number;
  readonly batches?: number;
  readonly seed: number;
}) => Promise<number>;
