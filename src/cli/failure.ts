/** What a person is to be told in one line, and the code that the program ends with. */
export interface Failure extends Error {
  readonly name: "Failure";
  readonly code: number;
}

/** What the program may end with. */
export const exitCodes = { fine: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** An error for the person at the terminal: what is wrong and, after a semicolon, the way out. */
export const failure = (
  message: string,
  { code = exitCodes.failed, cause }: { readonly code?: number; readonly cause?: unknown } = {},
): Failure => Object.assign(new Error(message, { cause }), { name: "Failure" as const, code });

/** A failure because the command was given something that makes no sense. */
export const misuse = (message: string): Failure => failure(message, { code: exitCodes.usage });

export const isFailure = (error: unknown): error is Failure =>
  error instanceof Error && error.name === "Failure";
