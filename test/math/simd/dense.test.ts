import fc from "fast-check";
import { reference, simd } from "rxgrad";
import { it } from "vitest";
import { denseCases, expectAgreement } from "./denseLayers.ts";

it.each(["fast", "reproducible"] as const)(
  "simd({ numerics: %j }).dense() computes what the reference computes in float64, and writes nothing else",
  (numerics) => {
    const exact = reference("float64");
    fc.assert(
      fc.property(denseCases, (one) => expectAgreement(simd({ numerics })!, exact, one)),
      { numRuns: 100 },
    );
  },
);
