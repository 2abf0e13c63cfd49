export declare const fuzzReading: (files: readonly Uint8Array[], count: number, seed: number) => number;
export declare const fuzzLoading: (count: number, seed: number) => number;
