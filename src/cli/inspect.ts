import { Command } from "commander";
import { readSafetensors } from "../formats/readSafetensors.ts";
import { readSaved } from "../formats/readSaved.ts";
import { isInvalidInput } from "../math/invalid.ts";
import { byKind } from "./columnsInLines.ts";
import { failure } from "./failure.ts";
import { openModel, readModelBytes } from "./openModel.ts";
import { print } from "./print.ts";
import { factsOf, tableOf } from "./tableOf.ts";

interface InspectOptions {
  readonly json?: boolean;
}

/** `rxgrad inspect`: what a file of tensors holds, and for a model what it was made of. */
export const inspect = (): Command =>
  new Command("inspect")
    .description("Show what a .safetensors file holds: tensors, metadata, and of a model its recipe.")
    .argument("<file>", "any file in the safetensors format")
    .option("--json", "print JSON")
    .action(async (path: string, { json = false }: InspectOptions) => {
      const said = inspected(path);
      await print(json ? `${JSON.stringify(said, null, 2)}\n` : inLines(said));
    });

interface Inspected {
  readonly file: string;
  readonly bytes: number;
  readonly parameters: number;
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
  }[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly model?: Readonly<Record<string, unknown>>;
}

const inspected = (path: string): Inspected => {
  const bytes = readModelBytes(path);
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    const list = Array.from(tensors, ([name, { dtype, shape, data }]) => ({
      name,
      dtype,
      shape,
      size: data.length,
    }));
    const own = metadata.get("format") === "rxgrad";
    const weights = own ? list.filter(({ name }) => !name.startsWith("state.")) : list;
    return {
      file: path,
      bytes: bytes.length,
      parameters: weights.reduce((sum, { size }) => sum + size, 0),
      tensors: list.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
      metadata: Object.fromEntries(metadata),
      ...(own ? { model: modelIn(path, bytes) } : {}),
    };
  } catch (error) {
    if (!isInvalidInput(error)) throw error;
    throw failure(`${path} is damaged, or no safetensors file: ${error.message}`, { cause: error });
  }
};

const modelIn = (path: string, bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  const { version, models, parts, position } = readSaved("rxgrad", bytes);
  const plans = Object.fromEntries(Array.from(models, ([name, { plan }]) => [name || "model", plan]));
  const general = { version, position: position ?? null, parts: [...parts.keys()], plans };
  if (!parts.has("recipe")) return general;
  const { recipe, learned, learner } = openModel(path, bytes);
  const { task, target, columns, time, seed } = recipe;
  learner.close();
  return {
    ...general,
    learned: learned.rows,
    task,
    target,
    labels: [...learner.labels()],
    columns,
    time,
    seed,
  };
};

const inLines = ({ file, bytes, parameters, tensors, metadata, model }: Inspected): string => {
  const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const facts: [string, string][] = [];
  const fact = (name: string, value: unknown): void => {
    if (value !== null && value !== undefined) facts.push([name, shown(value)]);
  };
  fact("bytes", bytes);
  fact("parameters", parameters);
  for (const [name, value] of Object.entries(metadata)) fact(name, value);
  if (model) {
    const { task, target, columns, plans, labels, learned, position, time, seed } = model as Record<
      string,
      never
    >;
    fact("task", task);
    if (target) fact("target", named(target));
    if (labels && (labels as unknown[]).length > 0) fact("labels", (labels as unknown[]).join(", "));
    if (columns) for (const [kind, names] of byKind(columns)) fact(kind, names.join(", "));
    fact("time", time);
    fact("seed", seed);
    if (learned === undefined) fact("position", position);
    else fact("learned", `${learned} rows`);
    for (const [name, plan] of Object.entries(plans ?? {})) fact(`plan of ${name}`, plan);
  }
  const rows = tensors.map(({ name, dtype, shape }) => [name, dtype, shape.join(" × ") || "1"]);
  return `${file}\n${factsOf(facts)}\n${tableOf([["tensor", "type", "shape"], ...rows])}`;
};

const named = ({ name, kind }: { name: string; kind: string }): string => `${name} (${kind})`;
