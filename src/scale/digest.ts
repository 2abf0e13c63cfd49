import { createHash } from "node:crypto";

/** The SHA-256 of bytes, or of several pieces of them one after another, in hexadecimal digits: what blobs are named by. */
export const digest = (...pieces: readonly (Uint8Array | string)[]): string => {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
};
