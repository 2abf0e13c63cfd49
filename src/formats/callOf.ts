import { invalid } from "../math/invalid.ts";

/** A call that a layer prints as: `dense(2, 8, { activation: elu(1) })`. */
export interface Call {
  readonly name: string;
  readonly args: readonly Said[];
  readonly options: Readonly<Record<string, Said>>;
}

/** What stands in a call: a number, a text, true or false, or another call. */
export type Said = number | string | boolean | Call;

const token = /\s*(?:(-?\d[\w.+-]*)|("(?:[^"\\]|\\.)*")|([\p{L}_$][\p{L}\p{N}_$]*)|([(){}:,]))/uy;

/**
 * Reads the source of a layer, which it prints as, back into what it was made of.
 * @throws InvalidInputError for a source that is no call, such as that of a layer of one's own.
 */
export const callOf = (actor: string, source: string): Call => {
  const refuse = (): Error => invalid(actor, "layers that print as a call of numbers and options", source);
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let at = 0; at < source.length; at = token.lastIndex) {
    const found = token.exec(source);
    if (!found) throw refuse();
    tokens.push(found[0].trim());
  }
  let at = 0;
  const take = (expected: string): void => {
    if (tokens[at++] !== expected) throw refuse();
  };
  const list = (end: string, item: () => void): void => {
    while (tokens[at] !== end) {
      item();
      if (tokens[at] !== end) take(",");
    }
    at++;
  };
  const said = (): Said => {
    const word = tokens[at];
    if (word === undefined) throw refuse();
    if (word === "true" || word === "false") return tokens[at++] === "true";
    if (word.startsWith('"')) return JSON.parse(tokens[at++]!) as string;
    if (!/^[-\d]/.test(word)) return call();
    at++;
    const value = Number(word);
    if (Number.isNaN(value)) throw refuse();
    return value;
  };
  const call = (): Call => {
    const name = tokens[at++] ?? "";
    const args: Said[] = [];
    const options: [string, Said][] = [];
    if (!/^[\p{L}_$]/u.test(name)) throw refuse();
    take("(");
    list(")", () => {
      if (tokens[at] !== "{") {
        args.push(said());
        return;
      }
      at++;
      list("}", () => {
        const key = tokens[at++]!;
        take(":");
        options.push([key, said()]);
      });
    });
    return { name, args, options: Object.fromEntries(options) };
  };
  const whole = call();
  if (at !== tokens.length) throw refuse();
  return whole;
};
