/** A stream that the default is measured on. */
export interface MeasuredStream {
  readonly name: string;
  readonly task: "classification" | "regression";
  readonly load: (options: { readonly seed?: number; readonly limit?: number }) => Loaded | Promise<Loaded>;
}

/** Items in their order; with `moment` and `due` where the truth comes late. */
export interface Loaded {
  readonly schema: unknown;
  readonly items: readonly {
    readonly event: object;
    readonly truth: unknown;
    readonly moment?: number;
    readonly due?: number;
  }[];
}

/** All contestants over one stream: their readings by name, of each seed. */
export interface Measured {
  readonly stream: string;
  readonly task: string;
  readonly events: number;
  readonly results: readonly {
    readonly name: string;
    readonly seeds: readonly Readonly<Record<string, number>>[];
  }[];
}

export const streams: readonly MeasuredStream[];
export function measure(
  stream: MeasuredStream,
  options: { readonly seeds: readonly number[]; readonly limit?: number },
): Promise<Measured>;
