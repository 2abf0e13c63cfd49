/*!
 * murmur-hash (https://github.com/1mb-dev/murmur-hash), which the built file holds
 *
 * The MIT License (MIT)
 *
 * Copyright (c) 2015 vnykmshr
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy
 * of this software and associated documentation files (the "Software"), to deal
 * in the Software without restriction, including without limitation the rights
 * to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
 * copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all
 * copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 * IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 * FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
 * SOFTWARE.
 */
import { hash32 } from "murmur-hash";

/** Buffers of each length up to 64, so that hashing a short word makes nothing that is thrown away. */
const buffers: readonly Uint8Array[] = Array.from({ length: 65 }, (_, length) => new Uint8Array(length));

/**
 * MurmurHash3 of a text's UTF-8 bytes, x86 with 32 bits: a whole number from 0 to 2³² − 1 (Appleby, 2011). The same text
 * gives the same number in every process, and in scikit-learn's `murmurhash3_32(text, seed, positive=True)`.
 */
export const murmurHash3 = (text: string, seed = 0): number => {
  const bytes = buffers[text.length];
  if (!bytes) return hash32(text, seed);
  for (let i = 0; i < bytes.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return hash32(text, seed); // more than one byte
    bytes[i] = code;
  }
  return hash32(bytes, seed);
};
