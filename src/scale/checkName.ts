import { invalid, inWords } from "../math/invalid.ts";

/** Refuses names that some engine could not keep: wildcards, dots, spaces. @throws InvalidInputError */
export const checkName = (actor: string, what: string, name: unknown): void => {
  if (typeof name === "string" && /^[\w-]{1,128}$/.test(name)) return;
  throw invalid(actor, `1 to 128 letters, digits, "_" and "-" as the name of ${what}`, inWords(name));
};
