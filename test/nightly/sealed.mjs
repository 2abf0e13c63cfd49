/** XXH32 again, after the text of its specification, a byte at a time: what the one of src is held against. */
const hash = (bytes, seed) => {
  const [P1, P2, P3, P4, P5] = [2654435761, 2246822519, 3266489917, 668265263, 374761393];
  const { imul } = Math;
  const rotate = (x, by) => (x << by) | (x >>> (32 - by));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lanes = [seed + P1 + P2, seed + P2, seed, seed - P1].map((x) => x | 0);
  let at = 0;
  for (; at + 16 <= bytes.length; at += 16)
    for (let k = 0; k < 4; k++)
      lanes[k] = imul(rotate(lanes[k] + imul(view.getUint32(at + 4 * k, true), P2), 13), P1);
  const [a, b, c, d] = lanes;
  let h = bytes.length < 16 ? seed + P5 : rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
  h += bytes.length;
  for (; at + 4 <= bytes.length; at += 4) h = imul(rotate(h + imul(view.getUint32(at, true), P3), 17), P4);
  for (; at < bytes.length; at++) h = imul(rotate(h + imul(bytes[at], P5), 11), P1);
  h = imul(h ^ (h >>> 15), P2);
  h = imul(h ^ (h >>> 13), P3);
  return (h ^ (h >>> 16)) >>> 0;
};

const start = new TextEncoder().encode('{"__metadata__":{"checksum":"');

/** A file with the checksum that its bytes have now, so that a reader looks at what they say; as it is, if it has no place for one. */
export const sealed = (bytes) => {
  const place = 8 + start.length;
  if (bytes.length < place + 8 || start.some((byte, i) => bytes[8 + i] !== byte)) return bytes;
  const data = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (data > bytes.length || data < place + 8) return bytes;
  const copy = new Uint8Array(bytes);
  const checksum = hash(copy.subarray(data), hash(copy.subarray(place + 8, data), 0));
  copy.set(new TextEncoder().encode(checksum.toString(16).padStart(8, "0")), place);
  return copy;
};
