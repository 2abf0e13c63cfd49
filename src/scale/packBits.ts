/** Numbers of so many bits each (up to 16), one after another without gaps, the lowest bit first. */
export const packBits = (codes: Uint8Array, bits: number): Uint8Array => {
  const packed = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  let held = 0;
  let count = 0;
  let at = 0;
  for (let i = 0; i < codes.length; i++) {
    held |= codes[i]! << count;
    for (count += bits; count >= 8; count -= 8) {
      packed[at++] = held & 0xff;
      held >>>= 8;
    }
  }
  if (count > 0) packed[at] = held;
  return packed;
};

/** So many numbers of so many bits, as {@link packBits} has packed them. */
export const unpackBits = (packed: Uint8Array, bits: number, length: number): Uint8Array => {
  const codes = new Uint8Array(length);
  const mask = 2 ** bits - 1;
  let held = 0;
  let count = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    for (; count < bits; count += 8) held |= packed[at++]! << count;
    codes[i] = held & mask;
    held >>>= bits;
    count -= bits;
  }
  return codes;
};
