import { createReadStream, statSync } from "node:fs";
import { failure } from "./failure.ts";

/** Bytes of a file or of standard input, whose beginning was looked at. */
export interface Bytes {
  /** Of what can be read again. */
  readonly path?: string;
  /** The first 64 kB, or all. */
  readonly head: Buffer;
  /** All of them. Those of standard input come once. */
  read(): AsyncIterable<Buffer>;
  all(): Promise<Buffer>;
}

const enough = 65_536;

/** Opens a file by its path, or standard input as `-`. @throws Failure for what has no bytes. */
export const bytesOf = async (path: string, name: string): Promise<Bytes> => {
  const stats = path === "-" ? undefined : statSync(path);
  if (stats?.isDirectory()) throw failure(`${name}: a folder, where a file is expected`);
  const input = !stats?.isFile(); // a pipe with a name is read once, too
  const open = (): AsyncIterable<Buffer> => (path === "-" ? process.stdin : createReadStream(path));
  const iterator = open()[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let size = 0;
  let ended = false;
  // what is typed or sent line by line is looked at as soon as it comes, and tells its format in a few bytes
  while (!ended && size < (input ? 8 : enough)) {
    const { done, value } = await iterator.next();
    if (done) ended = true;
    else {
      first.push(value);
      size += value.length;
    }
  }
  const head = Buffer.concat(first);
  if (head.length === 0) throw failure(`${name} is empty; it should hold a table`);
  if (!input) await iterator.return?.();
  const rest = async function* (): AsyncIterable<Buffer> {
    yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  };
  const read = (): AsyncIterable<Buffer> => (input ? rest() : open());
  return {
    ...(input ? {} : { path }),
    head,
    read,
    all: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of read()) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  };
};
