const { imul } = Math;

const P1 = 0x9e3779b1 | 0;
const P2 = 0x85ebca77 | 0;
const P3 = 0xc2b2ae3d | 0;
const P4 = 0x27d4eb2f | 0;
const P5 = 0x165667b1 | 0;

/**
 * XXH32 of bytes (Collet, xxHash fast digest algorithm, version 0.1.1): four lanes over 32-bit words, little-endian. It finds
 * damage, and stands against nobody's intent.
 */
export const xxHash32 = (bytes: Uint8Array, seed = 0): number => {
  const { length } = bytes;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes); // a copy begins at 0
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, length >> 2);
  let i = 0;
  let h = (seed + P5) | 0;
  if (length >= 16) {
    let a = (seed + P1 + P2) | 0;
    let b = (seed + P2) | 0;
    let c = seed | 0;
    let d = (seed - P1) | 0;
    for (const end = words.length & ~3; i < end; i += 4) {
      a = (a + imul(words[i]!, P2)) | 0;
      b = (b + imul(words[i + 1]!, P2)) | 0;
      c = (c + imul(words[i + 2]!, P2)) | 0;
      d = (d + imul(words[i + 3]!, P2)) | 0;
      a = imul((a << 13) | (a >>> 19), P1);
      b = imul((b << 13) | (b >>> 19), P1);
      c = imul((c << 13) | (c >>> 19), P1);
      d = imul((d << 13) | (d >>> 19), P1);
    }
    h = (rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18)) | 0;
  }
  h = (h + length) | 0;
  for (; i < words.length; i++) h = imul(rotated((h + imul(words[i]!, P3)) | 0, 17), P4);
  for (let k = 4 * i; k < length; k++) h = imul(rotated((h + imul(bytes[k]!, P5)) | 0, 11), P1);
  h = imul(h ^ (h >>> 15), P2);
  h = imul(h ^ (h >>> 13), P3);
  return (h ^ (h >>> 16)) >>> 0;
};

const rotated = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
