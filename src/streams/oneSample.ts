import type { Batch } from "../graph/batch.ts";
import { invalid, inWords } from "../math/invalid.ts";
import { matrix } from "../math/matrix.ts";
import type { Sample } from "./sample.ts";

/** A batch of one sample. @throws InvalidInputError for what holds no numbers. */
export const oneSample = (actor: string, x: Sample["x"], y: Sample["y"], weight?: number): Batch => ({
  x: matrix([row(actor, "x", x)]),
  y: matrix([typeof y === "number" ? [y] : row(actor, "y", y)]),
  ...(weight === undefined ? {} : { weight: matrix([[weight]]) }),
});

const row = (actor: string, name: "x" | "y", given: ArrayLike<number>): ArrayLike<number> => {
  if (typeof given === "object" && typeof given?.length === "number") return given;
  throw invalid(
    actor,
    name === "x" ? "an array of numbers as x" : "a number or numbers as y",
    inWords(given),
  );
};
