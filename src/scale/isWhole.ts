import { invalid } from "../math/invalid.ts";
import { digest } from "./digest.ts";

/** Whether bytes are those of the name. */
export const isWhole = (bytes: Uint8Array | undefined, hash: string): bytes is Uint8Array =>
  bytes !== undefined && digest(bytes) === hash;

/** What is wrong with bytes that are not whole. */
export const notWhole = (actor: string, bytes: Uint8Array | undefined, hash: string): Error =>
  invalid(actor, `a snapshot with the hash ${hash}`, bytes ? digest(bytes) : "none");
