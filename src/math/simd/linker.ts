import type { Arena } from "./arena.ts";
import { assemble, type FunctionSpec } from "./assembler.ts";

/** The functions of one module, over one memory. */
export type Functions = Readonly<Record<string, (...args: number[]) => number>>;

/** Emits, compiles and links functions once for each key and memory. */
export type Link = (key: string, emit: () => readonly FunctionSpec[]) => Functions;

interface Compiled {
  readonly code: Uint8Array<ArrayBuffer>;
  readonly module: WebAssembly.Module;
}

const capacity = 256;
/** Compiled modules by what they compute; they hold no state, so all models share them. The oldest goes when it is full. */
const compiled = new Map<string, Compiled>();
/** What functions were compiled from, for threads that compile it too. */
const codes = new WeakMap<Functions, Uint8Array>();

/** The bytes of the module that the functions are from. */
export const codeOf = (functions: Functions): Uint8Array => codes.get(functions)!;

const compile = (key: string, emit: () => readonly FunctionSpec[], shared: boolean): Compiled => {
  const name = shared ? `shared ${key}` : key;
  const known = compiled.get(name);
  if (known) return known;
  const code = assemble(emit(), shared);
  const fresh = { code, module: new WebAssembly.Module(code) };
  if (compiled.size >= capacity) compiled.delete(compiled.keys().next().value!);
  compiled.set(name, fresh);
  return fresh;
};

/** Links over the memory of an arena. */
export const linker = ({ memory, shared }: Arena): Link => {
  const linked = new Map<string, Functions>();
  return (key, emit) => {
    const known = linked.get(key);
    if (known) return known;
    const { code, module } = compile(key, emit, shared);
    const functions = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Functions;
    if (linked.size >= capacity) linked.delete(linked.keys().next().value!);
    linked.set(key, functions);
    codes.set(functions, code);
    return functions;
  };
};
