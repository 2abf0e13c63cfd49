import type { Arena } from "./arena.ts";
import { assemble, type FunctionSpec } from "./assembler.ts";

/** The functions of one module, over one memory. */
export type Functions = Readonly<Record<string, (...args: number[]) => number>>;

const capacity = 256;
/** Compiled modules by what they compute; they hold no state, so all models share them. The oldest goes when it is full. */
const compiled = new Map<string, WebAssembly.Module>();

const moduleOf = (key: string, emit: () => readonly FunctionSpec[]): WebAssembly.Module => {
  const known = compiled.get(key);
  if (known) return known;
  const module = new WebAssembly.Module(assemble(emit()));
  if (compiled.size >= capacity) compiled.delete(compiled.keys().next().value!);
  compiled.set(key, module);
  return module;
};

/** Emits, compiles and links functions once for each key and memory. */
export const linker = ({
  memory,
}: Arena): ((key: string, emit: () => readonly FunctionSpec[]) => Functions) => {
  const linked = new Map<string, Functions>();
  return (key, emit) => {
    const known = linked.get(key);
    if (known) return known;
    const { exports } = new WebAssembly.Instance(moduleOf(key, emit), { env: { memory } });
    if (linked.size >= capacity) linked.delete(linked.keys().next().value!);
    linked.set(key, exports as unknown as Functions);
    return exports as unknown as Functions;
  };
};
