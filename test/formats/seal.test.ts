import {
  adam,
  batchNorm,
  chain,
  dense,
  learner,
  load,
  matrix,
  meanSquaredError,
  model,
  random,
  save,
} from "rxgrad";
import { expect, it } from "vitest";
import { xxHash32 } from "../../src/formats/xxHash32.ts";
import { sealed } from "../nightly/sealed.mjs";

const hex = (text: string, seed = 0) => xxHash32(new TextEncoder().encode(text), seed).toString(16);

it("xxHash32() gives the published values", () => {
  expect(hex("")).toBe("2cc5d05");
  expect(hex("", 2654435761)).toBe("36b78ae7");
  expect(hex("a")).toBe("550d7456");
  expect(hex("abc")).toBe("32d153ff");
  expect(hex("Nobody inspects the spammish repetition")).toBe("e2293b2f");
  // of the sanity checks of xxHash 0.6: bytes of a generator that squares itself
  let g = 2654435761n;
  const sane = Uint8Array.from({ length: 101 }, () => {
    const byte = Number(g >> 24n);
    g = (g * g) & 0xffffffffn;
    return byte;
  });
  const of = (length: number, seed: number) => xxHash32(sane.subarray(0, length), seed);
  expect([of(1, 0), of(14, 0), of(101, 0)]).toEqual([0xb85cbee5, 0xe5aa0ab4, 0x1f1aa412]);
  expect([of(1, 2654435761), of(14, 2654435761), of(101, 2654435761)]).toEqual([
    0xd5845d64, 0x4481951d, 0x498ec8e2,
  ]);
});

it("xxHash32() does not ask where in memory its bytes begin", () => {
  const rng = random(1);
  for (let i = 0; i < 200; i++) {
    const bytes = Uint8Array.from({ length: rng.below(80) }, () => rng.below(256));
    const moved = new Uint8Array(bytes.length + 4);
    const at = rng.below(4);
    moved.set(bytes, at);
    expect(xxHash32(moved.subarray(at, at + bytes.length), i)).toBe(xxHash32(bytes, i));
  }
});

const trained = (seed = 1) => {
  const net = model(chain(dense(2, 3, { activation: "tanh" }), batchNorm(3), dense(3, 1)), { seed });
  const learning = learner(net, { loss: meanSquaredError(), optimizer: adam(0.01) });
  const x = matrix([
    [1, 2],
    [3, -4],
  ]);
  for (let i = 0; i < 3; i++) learning.learnBatch({ x, y: matrix([[1], [0]]) });
  return net;
};

it("save() seals a file as another implementation of its checksum does", () => {
  for (let seed = 0; seed < 8; seed++) {
    const bytes = save(trained(seed), { position: "x".repeat(seed) });
    expect(sealed(bytes)).toEqual(bytes);
  }
});

it("load() refuses a file in which any one bit is another", () => {
  const bytes = save(trained(), { position: { offset: 7n } });
  const net = model(trained().plan);
  const passed: number[] = [];
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    try {
      load(net, bytes);
      passed.push(bit);
    } catch {
      // as it should be
    }
    bytes[bit >> 3]! ^= 1 << (bit & 7);
  }
  expect(passed).toEqual([]);
  expect(load(net, bytes).position).toEqual({ offset: 7n });
});

it("load() tells both checksums of a file whose weights were changed", () => {
  const bytes = save(trained());
  bytes[bytes.length - 1]! ^= 1;
  expect(() => load(model(trained().plan), bytes)).toThrow(
    /^load\(\) expects checksum [0-9a-f]{8}, got [0-9a-f]{8}$/,
  );
});

it("load() wants a checksum of a file that must have one", () => {
  const text = new TextDecoder("latin1").decode(save(trained())).replace('"checksum"', '"checksun"');
  const other = Uint8Array.from(text, (c) => c.charCodeAt(0));
  expect(() => load(model(trained().plan), other)).toThrow(
    "a checksum at the beginning of its header, got none",
  );
});
