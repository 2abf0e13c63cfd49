/** WebAssembly code: bytes, nested as they were composed. */
export type Code = readonly (number | Code)[];

/** The types of locals and parameters. */
export const i32 = 0x7f;
export const f32 = 0x7d;
export const f64 = 0x7c;
export const v128 = 0x7b;
export type Type = typeof i32 | typeof f32 | typeof f64 | typeof v128;

/** A local variable of a function. */
export interface Local {
  readonly get: Code;
  set(value: Code): Code;
  tee(value: Code): Code;
}

/** Hands out the parameters and the locals of a function while its body is composed. */
export interface Scope {
  readonly parameters: readonly Local[];
  local(type: Type): Local;
}

/** A function to be emitted: its parameters are of the types given, it answers with `result`, or with nothing. */
export interface FunctionSpec {
  readonly name: string;
  readonly parameters: readonly Type[];
  readonly result?: Type;
  body(scope: Scope): Code;
}

/** An unsigned number in LEB128. */
export const unsigned = (n: number): number[] => {
  const bytes: number[] = [];
  let rest = n >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest ? low | 0x80 : low);
  } while (rest);
  return bytes;
};

/** A signed number in LEB128. */
export const signed = (n: number): number[] => {
  const bytes: number[] = [];
  let rest = n | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && !(low & 0x40)) || (rest === -1 && low & 0x40)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
};

/** The four bytes of a float, little-endian. */
export const floatBytes = (x: number): number[] => [...new Uint8Array(Float32Array.of(x).buffer)];

const flatten = (code: Code, into: number[] = []): number[] => {
  for (const part of code) {
    if (typeof part === "number") into.push(part);
    else flatten(part, into);
  }
  return into;
};

const vector = (items: readonly Code[]): Code => [unsigned(items.length), ...items];
const text = (s: string): Code => vector([...new TextEncoder().encode(s)].map((byte) => [byte]));
const section = (id: number, content: Code): Code => {
  const bytes = flatten(content);
  return [id, unsigned(bytes.length), bytes];
};

const bodyOf = ({ parameters, body }: FunctionSpec): Code => {
  const types: Type[] = [];
  const local = (index: number): Local => ({
    get: [0x20, unsigned(index)],
    set: (value) => [value, 0x21, unsigned(index)],
    tee: (value) => [value, 0x22, unsigned(index)],
  });
  const code = body({
    parameters: parameters.map((_, i) => local(i)),
    local: (type) => local(parameters.length + types.push(type) - 1),
  });
  const bytes = flatten([vector(types.map((type) => [1, type])), code, 0x0b]);
  return [unsigned(bytes.length), bytes];
};

/** A module that imports one memory, `env.memory`, and exports the functions under their names. */
export const assemble = (functions: readonly FunctionSpec[], shared = false): Uint8Array<ArrayBuffer> => {
  const pages = shared ? [3, 1, unsigned(65536)] : [0, 1]; // at least one page; shared memories name their maximum
  return Uint8Array.from(
    flatten([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      section(
        1,
        vector(
          functions.map(({ parameters, result }) => [
            0x60,
            vector(parameters.map((type) => [type])),
            vector(result ? [[result]] : []),
          ]),
        ),
      ),
      section(2, vector([[text("env"), text("memory"), 0x02, pages]])),
      section(3, vector(functions.map((_, i) => unsigned(i)))),
      section(7, vector(functions.map(({ name }, i) => [text(name), 0x00, unsigned(i)]))),
      section(10, vector(functions.map(bodyOf))),
    ]),
  );
};
