import { expect, it } from "vitest";
import { isInvalidInput } from "../../src/math/invalid.ts";
import { random } from "../../src/math/random.ts";
import { type DeltaMessage, type Message, readMessage, writeMessage } from "../../src/scale/message.ts";
import { writePacket } from "../../src/scale/packet.ts";

const delta: DeltaMessage = {
  ...{ kind: "delta", plan: "chain(dense(2, 1))", incarnation: 3, round: 4, base: 4, epoch: 1 },
  coded: {
    kind: "quantized",
    bits: 4,
    deflated: false,
    scales: Float32Array.of(0.5),
    codes: Uint8Array.of(1, 2),
  },
  ...{ buffers: new Float32Array(0), samples: 12, steps: 3, loss: Number.NaN },
  positions: new Map<string, unknown>([
    ["p0", 7],
    ["p1", { segment: "a", offset: 12n }],
  ]),
  ...{ ended: ["p1"], statistics: { mean: { count: 2, sum: -0 } }, times: { step: 0.1, exchange: 0 } },
};
const messages: readonly Message[] = [
  delta,
  { kind: "join", plan: "chain()" },
  { kind: "leave", incarnation: 1 },
  { kind: "remove", worker: "a", incarnation: 1, round: 2 },
  { kind: "elsewhere", blob: "ab" },
];

it("readMessage() gives back what writeMessage() was given", () => {
  for (const message of messages) expect(readMessage(writeMessage(message))).toEqual(message);
});

it("readMessage() refuses whatever was changed or cut off, with a typed error", () => {
  const rng = random(1);
  for (let i = 0; i < 5000; i++) {
    const bytes = writeMessage(messages[rng.below(messages.length)]!);
    const cut = rng.below(3) === 0;
    const bad = cut ? bytes.slice(0, rng.below(bytes.length)) : bytes;
    if (!cut) bad[rng.below(bad.length)]! ^= 1 + rng.below(255);
    let error: unknown;
    let read: Message | undefined;
    try {
      read = readMessage(bad);
    } catch (thrown) {
      error = thrown;
    }
    // spaces that pad the header may become other white space
    if (read) expect(messages).toContainEqual(read);
    else expect(isInvalidInput(error), String(error)).toBe(true);
  }
});

it("readMessage() refuses fields that are missing, of another kind, or too many, though their checksum is right", () => {
  const wrong: readonly unknown[] = [
    ...[
      1,
      null,
      [],
      {},
      { kind: "toString" },
      { kind: "join" },
      { kind: "join", plan: 1 },
      { kind: "leave", incarnation: -1 },
    ],
    ...[
      { kind: "join", plan: "a", more: 1 },
      { ...delta, coded: { kind: "constructor" } },
      { ...delta, coded: 1 },
    ],
    ...[
      { ...delta, coded: { ...delta.coded, bits: "4" } },
      { ...delta, positions: {} },
      { ...delta, samples: -1 },
    ],
    ...[
      { ...delta, samples: Number.POSITIVE_INFINITY },
      { ...delta, ended: "p0" },
      { ...delta, statistics: new Map() },
    ],
    ...[
      { ...delta, buffers: new Int8Array(1) },
      { ...delta, times: { step: 1 } },
      { ...delta, round: 0.5 },
    ],
  ];
  for (const content of wrong)
    expect(() => readMessage(writePacket("test", content))).toThrow("message expects");
});

it("readMessage() refuses what is larger than it may be, and other versions of the format", () => {
  const bytes = writeMessage(delta);
  expect(() => readMessage(bytes, bytes.length - 1)).toThrow("at most");
  const text = new TextDecoder("latin1").decode(bytes).replace('"version":"1"', '"version":"2"');
  expect(() => readMessage(Uint8Array.from(text, (c) => c.charCodeAt(0)))).toThrow("version 1 of the format");
});
