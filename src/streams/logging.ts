import { defer, type MonoTypeOperatorFunction, tap } from "rxjs";
import { knownOptions, whole } from "../math/invalid.ts";

/** Where the lines go, how many, and what they look like. */
export interface LoggingOptions<Item> {
  /** Logs the first item, and then each so many-th. */
  readonly every?: number;
  /** Gets the line: `console.log`, a logger's `info`. */
  readonly to?: (line: string) => void;
  readonly format?: (item: Item) => string;
}

/**
 * Passes items through unchanged and logs a line for one in `every`: `step 12  loss 0.4312  accuracy 0.81`, from the
 * item's id, its numeric fields and its metrics. Logging cannot end the stream: when `to` or `format` throws, the first such error of
 * a subscription goes to `console.error`, and the items go on.
 */
export const logging = <Item>(options: LoggingOptions<Item> = {}): MonoTypeOperatorFunction<Item> => {
  knownOptions("logging()", options, ["every", "to", "format"]);
  const { every = 1, to = console.log, format = lineOf } = options;
  whole("logging()", "every", every);
  return (source) =>
    defer(() => {
      let position = 0;
      let failed = false;
      return source.pipe(
        tap((item) => {
          if (position++ % every !== 0) return;
          try {
            to(format(item));
          } catch (error) {
            if (!failed) console.error("logging() could not log, and will not say so again:", error);
            failed = true;
          }
        }),
      );
    });
};

/** Fields that say nothing about how the learning goes. */
const silent = new Set(["id", "run", "size"]);

const lineOf = (item: unknown): string => {
  if (typeof item !== "object" || item === null) return String(item);
  const step = "id" in item ? [`step ${item.id}`] : [];
  const metrics = "metrics" in item && typeof item.metrics === "object" ? item.metrics : {};
  const fields = Object.entries({ ...item, ...metrics })
    .filter(([name, value]) => typeof value === "number" && !silent.has(name))
    .map(([name, value]) => `${name} ${short(value as number)}`);
  return [...step, ...fields].join("  ");
};

/** Four digits that matter, or one after the point of a large number. */
const short = (value: number): string =>
  Number.isInteger(value) || Math.abs(value) < 1000
    ? String(Number(value.toPrecision(Number.isInteger(value) ? 17 : 4)))
    : value.toFixed(1);
