import type { Code } from "./assembler.ts";
import { int } from "./instructions.ts";

/** A number that is known when the code is emitted, or code that reads it when it runs. */
export type Count = number | Code;

/** Code that gives the number. */
export const code = (count: Count): Code => (typeof count === "number" ? int(count) : count);
