import { digest } from "./digest.ts";

/** Whether bytes are those of the name. */
export const isWhole = (bytes: Uint8Array | undefined, hash: string): bytes is Uint8Array =>
  bytes !== undefined && digest(bytes) === hash;
