import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { classes } from "../../examples/classes.ts";
import { stopping } from "../../examples/earlyStopping.ts";
import { emitter } from "../../examples/emitter.ts";
import { gradients } from "../../examples/gradients.ts";
import { neuron } from "../../examples/neuron.ts";
import { mileage } from "../../examples/residual.ts";
import { wires } from "../../examples/wires.ts";
import { xor } from "../../examples/xor.ts";

const lines: string[] = [];
const log = (line: string): void => {
  lines.push(line);
};
/** Runs an example, and returns what it returned and what it logged. */
const ran = async <A>(example: (log: (line: string) => void) => A | Promise<A>) => {
  lines.length = 0;
  const result = await example(log);
  return { result, text: lines.join("\n") };
};

describe("examples", () => {
  test("xor learns all four", async () => {
    const { text } = await ran(xor);
    const probabilities = [...text.matchAll(/probability (\d\.\d+)/g)].map(([, p]) => Number(p));
    expect(probabilities.map(Math.round)).toEqual([0, 1, 1, 0]);
    expect(text).toMatch(/^step 0 {2}loss/);
  });

  test("neuron is logistic regression", async () => {
    const { result } = await ran(neuron);
    result.learned.forEach((w, i) => {
      expect(w).toBeCloseTo(result.byHand[i]!, 12);
    });
    expect(result.accuracy).toBeGreaterThan(0.97);
  });

  test("residual predicts the mileage of cars that it has not seen", async () => {
    const { result, text } = await ran(mileage);
    expect(result.r2).toBeGreaterThan(0.8);
    expect(text).toMatch(/^78 cars it has not seen: off by 2\.\d+ miles/);
  });

  test("classes tells penguins apart", async () => {
    const { result, text } = await ran(classes);
    for (const f1 of result.f1) expect(f1).toBeGreaterThan(0.9);
    expect(text.split("\n")).toHaveLength(5);
  });

  test("earlyStopping stops early, and restores the best weights", async () => {
    const { result } = await ran(stopping);
    expect(result.steps).toBeLessThan(3000);
    expect(result.last).toBeGreaterThan(result.best);
    expect(result.restored).toBeCloseTo(result.best, 6);
  });

  test("gradients sees what mapGradient did to them", async () => {
    const { result, text } = await ran(gradients);
    expect(result.third).toBeLessThan(result.last); // they vanish on the way back
    expect(result.first).toBeGreaterThan(result.third / 2); // without mapGradient it would be a tenth of that
    expect(text.split("\n")).toHaveLength(4);
  });

  test("wires prints what goes down and what comes back, and learns", async () => {
    const { result: losses, text } = await ran(wires);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 100);
    expect(
      text
        .split("\n")
        .slice(0, 3)
        .map((line) => line.replace(/ \[.*/, "")),
    ).toEqual(["batch 0: hidden", "batch 0: answer", "batch 0: gradient of the input"]);
  });

  test("emitter learns as it goes", async () => {
    const { result: errors } = await ran(emitter);
    const mean = (some: number[]): number => some.reduce((a, b) => a + b) / some.length;
    expect(mean(errors.slice(-200))).toBeLessThan(mean(errors.slice(0, 100)) / 3);
  });

  test("examples are short, and each is tested here", () => {
    const here = readFileSync(new URL(import.meta.url), "utf8");
    const helpers = ["datasets.ts", "penguins.ts", "whenMain.ts"];
    const folder = new URL("../../examples/", import.meta.url);
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
      expect(readFileSync(new URL(file, folder), "utf8").split("\n").length, file).toBeLessThanOrEqual(
        62 + 1,
      );
      if (!helpers.includes(file)) expect(here).toContain(`examples/${file}`);
    }
  });
});
