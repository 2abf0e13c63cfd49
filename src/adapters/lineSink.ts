import { closeSync, openSync, writeSync } from "node:fs";
import { Writable } from "node:stream";
import { type MonoTypeOperatorFunction, Observable } from "rxjs";
import { fault, invalid, inWords, whole } from "../math/invalid.ts";
import { receive } from "../streams/receive.ts";

export interface LineSinkOptions {
  /** Whether a file that is there goes on at its end; it is replaced otherwise. */
  readonly append?: boolean;
  /** The most bytes that may wait for a stream which does not take them: one more is an error; 16 MiB. */
  readonly capacity?: number;
}

/** A place for text: takes it, and ends. */
interface Sink {
  write(text: string): void;
  end(done: (error?: Error | null) => void): void;
  abandon(): void;
}

/** An operator that writes a line for each item and passes the item on; completes when all is written. */
export const lineSink = <Item>(
  actor: string,
  target: string | Writable,
  { append = false, capacity = 2 ** 24 }: LineSinkOptions,
  start: () => (item: Item) => string,
): MonoTypeOperatorFunction<Item> => {
  whole(actor, "capacity", capacity);
  if (!(typeof target === "string" && target !== "") && !(target instanceof Writable))
    throw invalid(actor, "a path, or a stream of Node to write to", inWords(target));
  return (source) =>
    new Observable<Item>((out) => {
      const lineOf = start();
      let sink: Sink;
      try {
        sink = typeof target === "string" ? fileSink(target, append) : streamSink(actor, target, capacity, (error) => out.error(error)); // biome-ignore format: a line
      } catch (error) {
        out.error(error);
        return;
      }
      let ended = false;
      out.add(() => {
        if (!ended) sink.abandon();
      });
      receive(source, out, {
        next: (item) => {
          try {
            sink.write(lineOf(item));
          } catch (error) {
            out.error(error);
            return;
          }
          out.next(item);
        },
        error: (error) => out.error(error),
        complete: () => {
          ended = true;
          sink.end((error) => (error ? out.error(error) : out.complete()));
        },
      });
    });
};

/** Files are written in pieces, at once: so whoever brings lines waits for the disk, and none pile up. */
const fileSink = (path: string, append: boolean): Sink => {
  const file = openSync(path, append ? "a" : "w");
  let waiting = "";
  const flush = (): void => {
    const bytes = Buffer.from(waiting);
    waiting = "";
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  };
  const close = (): void => {
    try {
      flush();
    } finally {
      closeSync(file);
    }
  };
  return {
    write: (text) => {
      waiting += text;
      if (waiting.length >= 2 ** 16) flush();
    },
    end: (done) => {
      try {
        close();
      } catch (error) {
        done(error as Error);
        return;
      }
      done();
    },
    abandon: close,
  };
};

const streamSink = (
  actor: string,
  stream: Writable,
  capacity: number,
  failed: (error: Error) => void,
): Sink => {
  stream.once("error", failed);
  const leave = (): void => void stream.off("error", failed);
  return {
    write: (text) => {
      if (stream.writableLength + text.length > capacity)
        throw fault(actor, `a stream that takes what it is given, but for ${capacity} bytes`, "more");
      stream.write(text);
    },
    end: (done) => stream.end((error?: Error | null) => done(error)),
    abandon: () => {
      leave();
      stream.destroy();
    },
  };
};
