import { type InvalidInputError, invalid, isInvalidInput } from "../math/invalid.ts";

/** An error on its way from one thread to another, which would not know its name and its fields again. */
export interface PortableError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Of an InvalidInputError. */
  readonly refused?: Pick<InvalidInputError, "actor" | "expected" | "got">;
}

/** Packs whatever was thrown. */
export const packError = (thrown: unknown): PortableError => {
  if (!(thrown instanceof Error)) return { name: "Error", message: String(thrown) };
  const { name, message, stack } = thrown;
  const packed = { name, message, ...(stack === undefined ? {} : { stack }) };
  if (!isInvalidInput(thrown)) return packed;
  const { actor, expected, got } = thrown;
  return { ...packed, refused: { actor, expected, got } };
};

/** The error that was packed, with the stack of where it was thrown. */
export const unpackError = ({ refused, ...rest }: PortableError): Error =>
  Object.assign(refused ? invalid(refused.actor, refused.expected, refused.got) : new Error(), rest);

/** A refusal that was packed. */
export const unpackRefusal = (packed: PortableError): InvalidInputError =>
  unpackError(packed) as InvalidInputError;
