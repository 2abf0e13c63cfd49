import { expect, it } from "vitest";
import { protobuf } from "../../src/formats/protobuf.ts";

const { int, float, text, bytes, message } = protobuf;

it("protobuf writes the examples of its documentation", () => {
  expect([...int(1, 150)]).toEqual([0x08, 0x96, 0x01]);
  expect([...text(2, "testing")]).toEqual([0x12, 0x07, ...Buffer.from("testing")]);
  expect([...message(3, [int(1, 150)])]).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01]);
});

it("protobuf writes negative numbers as 64 bits, large fields, floats, and nothing", () => {
  expect([...int(1, -1)]).toEqual([0x08, ...Array<number>(9).fill(0xff), 0x01]);
  expect([...int(20, 0)]).toEqual([0xa0, 0x01, 0x00]);
  expect([...float(2, -1.5)]).toEqual([0x15, 0x00, 0x00, 0xc0, 0xbf]);
  expect([...bytes(9, new Uint8Array(0))]).toEqual([0x4a, 0x00]);
  expect([...bytes(1, new Uint8Array(300)).subarray(0, 3)]).toEqual([0x0a, 0xac, 0x02]);
});
