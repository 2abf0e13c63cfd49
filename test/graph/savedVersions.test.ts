import { readdirSync, readFileSync } from "node:fs";
import { load, save } from "rxgrad";
import { map, range } from "rxjs";
import { expect, it } from "vitest";
import { lineOf, rowsOfBatch, type Setting, sampleAt, training } from "../nightly/scenarios.mjs";

const folder = new URL("../fixtures/saved/", import.meta.url);
const versions = readdirSync(folder)
  .filter((name) => name.endsWith(".safetensors"))
  .map((name) => name.slice(0, -".safetensors".length));

/** The loss of a step, and what its metrics read. */
const told = (line: string): readonly [number, unknown] => {
  const [, bits, , , metrics] = JSON.parse(line);
  return [new Float64Array(BigUint64Array.of(BigInt(`0x${bits}`)).buffer)[0]!, metrics];
};

it.each(versions)("load() reads a file of %s, and training goes on as it did then", (version) => {
  const bytes = readFileSync(new URL(`${version}.safetensors`, folder));
  const { setting, lines } = JSON.parse(readFileSync(new URL(`${version}.json`, folder), "utf8")) as {
    setting: Setting;
    lines: readonly string[];
  };
  const { net, parts, steps } = training(setting);
  const { position, version: read } = load(net, bytes, { parts });
  expect(position).toEqual({ batch: 20, offset: 80n });
  expect(`v${read}`).toBe(version);
  const seen: string[] = [];
  steps(range(80, lines.length * rowsOfBatch).pipe(map(sampleAt))).subscribe((step) =>
    seen.push(lineOf(20 + seen.length, step)),
  );
  expect(seen.length).toBe(lines.length);
  seen.forEach((line, i) => {
    const [[loss, metrics], [lossThen, metricsThen]] = [told(line), told(lines[i]!)];
    expect(loss).toBeCloseTo(lossThen, 4); // formulas may be written in another order by now
    expect(Object.keys(metrics as object)).toEqual(Object.keys(metricsThen as object));
  });
});

it("save() writes the newest of the versions that are held here", () => {
  const { net, parts } = training({
    layers: "gru",
    rules: "dog",
    scalers: "none",
    memories: "none",
    detectors: "none",
  });
  expect(`v${load(net, save(net, { parts }), { parts }).version}`).toBe([...versions].sort().at(-1));
});
