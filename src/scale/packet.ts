import { crc32 } from "node:zlib";
import { decodeState } from "../formats/decodeState.ts";
import { encodeState } from "../formats/encodeState.ts";
import { readSafetensors } from "../formats/readSafetensors.ts";
import { poolPrefix, stateName } from "../formats/savedNames.ts";
import type { TensorData } from "../formats/tensor.ts";
import { writeSafetensors } from "../formats/writeSafetensors.ts";
import { invalid } from "../math/invalid.ts";

const format = "rxgrad-scale";
/** Of messages and snapshots; another one is refused. */
export const schemaVersion = 1;

/** Plain data as bytes: a safetensors file with a version and a checksum, of which {@link readPacket} trusts nothing. */
export const writePacket = (actor: string, content: unknown): Uint8Array<ArrayBuffer> => {
  const { json, pools } = encodeState(actor, content);
  const text = new TextEncoder().encode(json);
  return writeSafetensors(
    [
      [stateName, { shape: [text.length], data: text }],
      ...Array.from(pools, ([dtype, data]) => [poolPrefix + dtype, { shape: [data.length], data }] as const),
    ],
    { format, version: String(schemaVersion), checksum: checksumOf(text, pools) },
  );
};

/**
 * What {@link writePacket} has written.
 * @throws InvalidInputError for what is larger than `maxBytes`, cut off, changed, of another version, or of something else.
 */
export const readPacket = (actor: string, bytes: Uint8Array, maxBytes: number): unknown => {
  const { tensors, metadata } = readSafetensors(bytes, { maxBytes, maxHeader: 4096, maxTensors: 16 });
  if (metadata.get("format") !== format)
    throw invalid(actor, `a file of the format ${format}`, JSON.stringify(metadata.get("format") ?? "none"));
  const version = metadata.get("version");
  if (version !== String(schemaVersion))
    throw Object.assign(
      invalid(actor, `version ${schemaVersion} of the format`, JSON.stringify(version ?? "none")),
      { otherVersion: true },
    );
  const text = tensors.get(stateName);
  if (text?.dtype !== "U8") throw invalid(actor, `bytes as ${stateName}`, text?.dtype ?? "none");
  const pools = new Map<string, TensorData>();
  for (const [name, { dtype, shape, data }] of tensors) {
    if (name === stateName) continue;
    if (name !== poolPrefix + dtype || shape.length !== 1)
      throw invalid(actor, "tensors named by their types", JSON.stringify(name));
    pools.set(dtype, data);
  }
  const json = text.data as Uint8Array;
  const checksum = checksumOf(json, pools);
  if (metadata.get("checksum") !== checksum)
    throw invalid(actor, `the checksum ${checksum}`, JSON.stringify(metadata.get("checksum") ?? "none"));
  return decodeState(actor, new TextDecoder("utf-8", { fatal: true }).decode(json), pools);
};

/** Against damage, not against malice; in a fraction of the time of a hash. */
const checksumOf = (json: Uint8Array, pools: ReadonlyMap<string, TensorData>): string =>
  [...pools]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .reduce((sum, [, data]) => crc32(bytesOf(data), sum), crc32(json))
    .toString(16);

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
