import { invalid, inWords } from "../math/invalid.ts";

/** The id, when it is one of an entry. @throws InvalidInputError */
export const redisId = (actor: string, what: string, id: unknown): string => {
  if (typeof id === "string" && /^\d{1,20}(-\d{1,20})?$/.test(id)) return id;
  throw invalid(actor, `an id such as "1700000000000-0" as ${what}`, inWords(id));
};
