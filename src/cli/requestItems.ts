import type { IncomingMessage } from "node:http";
import { strictJson } from "../formats/strictJson.ts";
import { isInvalidInput } from "../math/invalid.ts";
import { failure } from "./failure.ts";

/** What a request brings, and how it is to be answered. */
export interface RequestItems {
  readonly items: readonly unknown[];
  readonly form: "one" | "list" | "lines";
}

/** Bytes of a request at most. */
export const maxBody: number = 8 * 2 ** 20;

const maxDepth = 20;

/** The body of a request: one JSON value, a list, or one value a line. @throws Failure for a body that is too long, or none of these. */
export const requestItems = async (request: IncomingMessage): Promise<RequestItems> => {
  readable(request);
  const chunks: Buffer[] = [];
  let size = 0;
  // what is left unread does not take the answer with it
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    // what is too long is read to its end, so that the answer is; but not without end
    if (size <= maxBody) chunks.push(chunk);
    else if (size > 8 * maxBody) break;
  }
  if (size > maxBody) throw failure(`body: expects at most ${maxBody} bytes`, { code: 413 });
  const text = textOf(Buffer.concat(chunks)).trim();
  if (text === "") throw failure("body: expects JSON, got nothing", { code: 400 });
  const type = request.headers["content-type"] ?? "";
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (
    /ndjson|jsonl/i.test(type) ||
    (lines.length > 1 && lines.every((line) => line.trimStart().startsWith("{")))
  )
    return { items: lines.map((line, i) => parsed(`body:${i + 1}`, line)), form: "lines" };
  const value = parsed("body", text);
  return Array.isArray(value) ? { items: value, form: "list" } : { items: [value], form: "one" };
};

/** Refuses by its headers what would be no JSON, or too long. @throws Failure */
const readable = ({ headers }: IncomingMessage): void => {
  const {
    "content-encoding": encoding = "identity",
    "content-type": type = "",
    "content-length": length,
  } = headers;
  if (encoding !== "identity")
    throw failure(`body: expects no content-encoding, got ${encoding.slice(0, 60)}`, { code: 415 });
  // curl -d says that it sends a form, and others say nothing
  if (!/^(?:$|[^;]*(?:json|x-www-form-urlencoded|octet-stream)|text\/plain)/i.test(type.trim()))
    throw failure(`body: expects application/json, got ${type.slice(0, 60)} as content-type`, { code: 415 });
  if (Number(length ?? 0) > 8 * maxBody)
    throw failure(`body: expects at most ${maxBody} bytes`, { code: 413 });
};

const textOf = (bytes: Buffer): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw failure("body: expects UTF-8", { code: 400 });
  }
};

const parsed = (where: string, text: string): unknown => {
  try {
    return strictJson(where, "body", text, maxDepth);
  } catch (error) {
    if (!isInvalidInput(error)) throw error;
    throw failure(`${where}: expects JSON, got ${error.got}`, { code: 400 });
  }
};
