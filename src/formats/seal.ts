import { invalid } from "../math/invalid.ts";
import { xxHash32 } from "./xxHash32.ts";

/** What stands in the metadata, first of all, until the file is sealed. */
export const unsealed = { checksum: "00000000" };

/** The header of a file with a checksum begins so, after the eight bytes of its length. */
const start = new TextEncoder().encode('{"__metadata__":{"checksum":"');
const place = 8 + start.length;

/** Writes the checksum of a safetensors file into it: of all bytes that follow those of the checksum, the header's and the tensors'. */
export const seal = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  bytes.set(new TextEncoder().encode(checksumOf(bytes)), place);
  return bytes;
};

/**
 * Refuses bytes that are not those that were sealed.
 * @throws InvalidInputError
 */
export const checkSeal = (actor: string, bytes: Uint8Array, checksum: string | undefined): void => {
  const placed = start.every((byte, i) => bytes[8 + i] === byte);
  if (checksum === undefined || !placed)
    throw invalid(actor, "a checksum at the beginning of its header", "none");
  const own = checksumOf(bytes);
  if (own !== checksum) throw invalid(actor, `checksum ${checksum}`, own);
};

/** The hash of the header's rest seeds that of the tensors, which begin at a multiple of 8. */
const checksumOf = (bytes: Uint8Array): string => {
  const { buffer, byteOffset } = bytes;
  const data = 8 + Number(new DataView(buffer, byteOffset).getBigUint64(0, true));
  const rest = xxHash32(bytes.subarray(place + unsealed.checksum.length, data));
  return xxHash32(bytes.subarray(data), rest).toString(16).padStart(8, "0");
};
