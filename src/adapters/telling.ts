import type { MonoTypeOperatorFunction } from "rxjs";
import { share, tap } from "rxjs";

/** Two ways to tell somebody else. */
export interface Telling {
  safely<Args extends readonly unknown[]>(tell: (...args: Args) => void): (...args: Args) => void;
  passing<Item>(tell: (item: Item) => void): MonoTypeOperatorFunction<Item>;
}

/** Makes functions that tell somebody else: what they throw is reported once, and goes no further. */
export const telling = (actor: string): Telling => {
  let failed = false;
  const safely =
    <Args extends readonly unknown[]>(tell: (...args: Args) => void) =>
    (...args: Args): void => {
      try {
        tell(...args);
      } catch (error) {
        if (!failed) console.error(`${actor} could not tell, and will not say so again:`, error);
        failed = true;
      }
    };
  /** Tells of each item once, however many subscribe. */
  const passing =
    <Item>(tell: (item: Item) => void): MonoTypeOperatorFunction<Item> =>
    (source) =>
      source.pipe(tap(safely(tell)), share());
  return { safely, passing };
};
