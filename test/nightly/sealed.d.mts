export declare const sealed: (bytes: Uint8Array) => Uint8Array;
