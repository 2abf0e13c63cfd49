import { Presets, SingleBar } from "cli-progress";
import { defer, type MonoTypeOperatorFunction, tap } from "rxjs";
import { invalid, inWords, knownOptions, whole } from "../math/invalid.ts";

/** Where progress is shown, how often, and what it looks like. */
export interface ProgressOptions<Item = unknown> {
  /** How many rows there will be, where that is known: there is a bar then. */
  readonly total?: number;
  /** Looks at one item in so many; the terminal is written to ten times a second at most. */
  readonly every?: number;
  /** Standard error, unless told otherwise; when it is no terminal, nothing is written. */
  readonly stream?: ProgressStream;
  /**
   * The line: a text with `{bar}`, `{percentage}`, `{eta_formatted}`, `{rows}`, `{total}`, `{rate}` (rows a second) and `{loss}`, or
   * a function that gives such a text.
   */
  readonly format?: string | ((shown: Shown<Item>) => string);
}

/** A terminal, or what takes its place. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** How far it has come. */
export interface Shown<Item> {
  readonly item: Item;
  readonly rows: number;
  readonly total: number | undefined;
  /** Rows a second since the start. */
  readonly rate: number;
  /** Of the last item that has one. */
  readonly loss: number | undefined;
}

const actor = "progress()";

/**
 * Passes items through unchanged, and shows on a terminal how many rows have come, how fast, and the last loss: by cli-progress, an
 * optional peer. It is silent where there is no terminal, leaves the line behind it at the end, also at an error and when it is
 * unsubscribed from, and keeps no process alive. A step counts as its rows, anything else as one.
 * @throws InvalidInputError for options that make no sense.
 * @example batches$.pipe(train(net, options), progress({ total: 60_000 }))
 */
export const progress = <Item>(options: ProgressOptions<Item> = {}): MonoTypeOperatorFunction<Item> => {
  knownOptions(actor, options, ["total", "every", "stream", "format"]);
  const { total, every = 1, stream = process.stderr as ProgressStream, format = usual(total) } = options;
  if (total !== undefined) whole(actor, "total", total, 0);
  whole(actor, "every", every);
  if (typeof stream?.write !== "function")
    throw invalid(actor, "a stream that can be written to", inWords(stream));
  if (typeof format !== "string" && typeof format !== "function")
    throw invalid(actor, "a text or a function as format", inWords(format));
  return (source) =>
    defer(() => {
      if (!stream.isTTY) return source;
      const bar = quietBar(stream, typeof format === "string" ? format : "{line}");
      const started = performance.now();
      let count = 0;
      let rows = 0;
      let loss: number | undefined;
      let latest: Item;
      const show = (): void => {
        const rate = Math.round((1000 * rows) / Math.max(1, performance.now() - started));
        const line = typeof format === "string" ? "" : format({ item: latest, rows, total, rate, loss });
        bar.update(rows, { rows, rate, loss: loss === undefined ? "" : `loss ${loss.toPrecision(3)}`, line });
      };
      const stop = (): void => {
        if (count > 0) show();
        bar.stop();
      };
      bar.start(total ?? 0, 0, { rows: 0, rate: 0, loss: "", line: "" });
      return source.pipe(
        tap({
          next: (item) => {
            latest = item;
            rows += rowsOf(item);
            loss = lossOf(item) ?? loss;
            if (count++ % every === 0) show();
          },
          error: stop,
          complete: stop,
          unsubscribe: stop,
        }),
      );
    });
};

const usual = (total: number | undefined): string =>
  total === undefined
    ? "{rows} rows  {rate} rows/s  {loss}"
    : "{bar} {percentage} %  {rows}/{total} rows  {rate} rows/s  {loss}";

/** A bar that leaves signals to the program, cuts its line to the terminal, and whose timer lets the process end. */
const quietBar = (stream: NodeJS.WritableStream, format: string): SingleBar => {
  const options = {
    format,
    stream,
    barsize: 16,
    fps: 10,
    gracefulExit: false,
    hideCursor: null,
    linewrap: true,
  };
  const bar = new SingleBar(options as never, Presets.shades_classic);
  const own = bar as unknown as { render(): void; timer: { unref?(): void } | null };
  const render = own.render.bind(bar);
  own.render = () => {
    render();
    own.timer?.unref?.(); // a new one each time
  };
  return bar;
};

/** The rows of a step, by its size or its prediction. */
const rowsOf = (item: unknown): number => {
  if (typeof item !== "object" || item === null) return 1;
  if ("size" in item && "loss" in item && Number.isSafeInteger(item.size)) return item.size as number;
  const prediction = "prediction" in item ? item.prediction : undefined;
  const matrix = typeof prediction === "object" && prediction !== null && "data" in prediction;
  return matrix && "rows" in prediction && Number.isSafeInteger(prediction.rows)
    ? (prediction.rows as number)
    : 1;
};

const lossOf = (item: unknown): number | undefined =>
  typeof item === "object" && item !== null && "loss" in item && typeof item.loss === "number"
    ? item.loss
    : undefined;
