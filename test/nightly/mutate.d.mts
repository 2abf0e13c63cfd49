export declare const mutations: (
  seed: number,
) => (file: Uint8Array, inside?: readonly [from: number, to: number]) => Uint8Array<ArrayBuffer>;
