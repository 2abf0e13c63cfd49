import { assemble, v128 } from "./assembler.ts";
import { add, four, type MultiplyAdd, plainMadd, relaxedMadd } from "./instructions.ts";

const accepts = (madd: MultiplyAdd): boolean => {
  try {
    return (
      typeof WebAssembly === "object" &&
      WebAssembly.validate(
        assemble([
          {
            name: "probe",
            parameters: [],
            result: v128,
            body: () => madd(four(1), four(1), add(four(1), four(1))),
          },
        ]),
      )
    );
  } catch {
    return false;
  }
};

/** What this engine can do: WebAssembly SIMD, and relaxed SIMD, whose multiply-add rounds once. */
export const simdSupport = (): "none" | "plain" | "relaxed" =>
  accepts(relaxedMadd) ? "relaxed" : accepts(plainMadd) ? "plain" : "none";

/**
 * Whether this engine makes one instruction of 256 bits of two of 128: V8 on x64 does if it is told to, by
 * `--experimental-wasm-revectorize` as an argument of Node or in NODE_OPTIONS. That of Node 22 has the flag, but finds no pairs.
 */
export const revectorizes = (): boolean => {
  const { process } = globalThis as {
    process?: {
      readonly arch?: string;
      readonly versions?: { readonly v8?: string };
      readonly execArgv?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
    };
  };
  if (process?.arch !== "x64" || !(Number.parseInt(process.versions?.v8 ?? "", 10) >= 13)) return false;
  return [...(process.execArgv ?? []), process.env?.NODE_OPTIONS ?? ""].some((options) =>
    options.includes("--experimental-wasm-revectorize"),
  );
};
