import { invalid, inWords, isInvalidInput, knownOptions, whole } from "../math/invalid.ts";

/** How messages become values, and what becomes of those that do not. */
export interface DecodeOptions<Raw, Value> {
  /** The value of a message; what it throws says that there is none. */
  readonly decode?: (message: Raw) => Value;
  /** The most bytes of a message, 1 MiB unless told otherwise. */
  readonly maxBytes?: number;
  /** A message without a value ends the stream with an error, unless it is to be skipped. */
  readonly onInvalid?: "error" | "skip";
  /** Is told of each message that is skipped: `quarantine().put`. */
  readonly rejected?: (message: Raw, reason: Error) => void;
}

/** What messages are made of: where the bytes of a value stand, and how many there are. */
export interface RawForm<Raw> {
  readonly bytesOf: (message: Raw) => Uint8Array;
  readonly sizeOf: (message: Raw) => number;
}

/** A function that finds the value of a message; nothing, when that is refused and to be skipped. @throws InvalidInputError */
export const decoding = <Raw, Value>(
  actor: string,
  options: DecodeOptions<Raw, Value>,
  { bytesOf, sizeOf }: RawForm<Raw>,
): ((message: Raw) => { readonly value: Value } | undefined) => {
  const { decode = (message: Raw) => jsonOf<Value>(actor, bytesOf(message)), rejected } = options;
  const { maxBytes = 2 ** 20, onInvalid = "error" } = options;
  whole(actor, "maxBytes", maxBytes);
  if (onInvalid !== "error" && onInvalid !== "skip")
    throw invalid(actor, '"error" or "skip" as onInvalid', inWords(onInvalid));
  return (message) => {
    try {
      const size = sizeOf(message);
      if (size > maxBytes) throw invalid(actor, `at most ${maxBytes} bytes a message`, String(size));
      return { value: decode(message) };
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown : new Error(String(thrown));
      const error = isInvalidInput(reason)
        ? reason
        : invalid(actor, "a message that can be decoded", reason.message);
      if (onInvalid === "error") throw error;
      rejected?.(message, error);
      return undefined;
    }
  };
};

/** Messages that are bytes. */
export const byteForm: RawForm<Uint8Array> = {
  bytesOf: (message) => message,
  sizeOf: (message) => message.length,
};

/** What a value is sent as unless told otherwise. */
export const encodeJson = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const jsonOf = <Value>(actor: string, bytes: Uint8Array): Value => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Value;
  } catch {
    throw invalid(actor, "JSON in UTF-8", `${bytes.length} bytes that are none`);
  }
};

/** Refuses options that nobody reads. @throws InvalidInputError */
export const knownDecoding = (actor: string, options: object, own: readonly string[]): void =>
  knownOptions(actor, options as Readonly<Record<string, unknown>>, [...own, ...decodeOptions]);

/** The names of its options, beside those of the caller. */
const decodeOptions = ["decode", "maxBytes", "onInvalid", "rejected"];
