import { random } from "rxgrad";

const extremes = [
  "0",
  "-1",
  "1",
  "8",
  "1e9",
  "4294967295",
  "9007199254740993",
  "1e308",
  "null",
  "1.5",
  '"x"',
];
const fragments = [
  '"__proto__":{"polluted":true},',
  '"constructor":{"prototype":{"polluted":true}},',
  '{"$map":[[1,2]]}',
  '{"$F64":4000000000}',
  '{"$numbers":-1}',
  '{"$sparse":{"rows":1,"cols":1e9}}',
  '{"$object":[["__proto__",{"polluted":true}]]}',
  "[".repeat(200),
  '{"a":'.repeat(200),
  "{}",
  "[]",
  ",",
  '"',
  "\\",
  "}",
  "]",
  "NaN",
  " ".repeat(100),
];

/** Makes mutations of a file: bytes, lengths and the words of its header and of what JSON it has inside, seeded. */
export const mutations = (seed) => {
  const rng = random(seed);
  const pick = (list) => list[rng.below(list.length)];
  const flip = (bytes) => {
    for (let n = 1 + rng.below(4); n > 0; n--) bytes[rng.below(bytes.length)] = rng.below(256);
    return bytes;
  };
  const truncate = (bytes) => bytes.slice(0, rng.below(bytes.length));
  const extend = (bytes) => {
    const longer = new Uint8Array(bytes.length + 1 + rng.below(64));
    longer.set(bytes);
    return longer;
  };
  const move = (bytes) => {
    const [from, to] = [rng.below(bytes.length), rng.below(bytes.length)];
    bytes.copyWithin(to, from, from + rng.below(64));
    return bytes;
  };
  const claim = (bytes) => {
    const length = pick([0n, 1n, 2n, 2n ** 63n, 2n ** 64n - 1n, BigInt(rng.below(2 * bytes.length))]);
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    return bytes;
  };
  const words = (text) => {
    const at = rng.below(text.length);
    const kind = rng.below(5);
    if (kind === 0) return text.slice(0, at) + pick(fragments) + text.slice(at);
    if (kind === 1) return text.slice(0, at) + text.slice(at + 1 + rng.below(20));
    if (kind === 2) return text.replace(/"[^"]*":/g, (key) => (rng.below(12) === 0 ? '"__proto__":' : key));
    const numbers = [...text.matchAll(/\d+/g)];
    const number = pick(numbers);
    if (!number) return text;
    const { index } = number;
    const rest = text.slice(index + number[0].length);
    if (kind === 3) return text.slice(0, index) + pick(extremes) + rest;
    return text.slice(0, index) + String(Number(number[0]) + pick([-8, -4, -1, 1, 4, 8])) + rest;
  };
  /** The header with other words, and its length set right, so that what comes after the length is looked at. */
  const reword = (bytes) => {
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = new TextEncoder().encode(words(new TextDecoder().decode(bytes.subarray(8, 8 + length))));
    const other = new Uint8Array(8 + header.length + bytes.length - 8 - length);
    new DataView(other.buffer).setBigUint64(0, BigInt(header.length), true);
    other.set(header, 8);
    other.set(bytes.subarray(8 + length), 8 + header.length);
    return other;
  };
  /** Other words of the same length in the JSON that lies among the numbers, at [from, to). */
  const rewordInside = (bytes, [from, to]) => {
    const changed = new TextEncoder().encode(words(new TextDecoder().decode(bytes.subarray(from, to))));
    bytes.fill(0x20, from, to).set(changed.subarray(0, to - from), from);
    return bytes;
  };
  return (file, inside) => {
    const copy = new Uint8Array(file);
    const kinds = [flip, truncate, extend, move, claim, reword, reword, reword];
    const kind = inside && rng.below(2) === 0 ? rewordInside : pick(kinds);
    return kind(copy, inside);
  };
};
