import { expect, it } from "vitest";
import { murmurHash3 } from "../../src/features/murmurHash3.ts";
import fixture from "../fixtures/hashing.json" with { type: "json" };

it("murmurHash3() equals scikit-learn's on texts of many scripts, with and without a seed", () => {
  expect(fixture.hashes.length).toBeGreaterThan(100);
  for (const { text, seed, hash } of fixture.hashes) expect(murmurHash3(text, seed), text).toBe(hash);
});

it("murmurHash3() takes a lone surrogate as U+FFFD, as UTF-8 does", () => {
  expect(murmurHash3("\ud83d")).toBe(murmurHash3("\ufffd"));
});
