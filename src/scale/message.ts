import { isPlain } from "../formats/plainData.ts";
import { invalid, inWords } from "../math/invalid.ts";
import type { Data } from "../math/matrix.ts";
import type { Coded } from "./compression.ts";
import { readPacket, writePacket } from "./packet.ts";
import type { Times } from "./stepsPerRound.ts";

/** A worker begins, anew or once more. */
export interface Join {
  readonly kind: "join";
  readonly plan: string;
}

/** A worker goes, in peace. */
export interface Leave {
  readonly kind: "leave";
  readonly incarnation: number;
}

/** Somebody has missed the open round; written by another. */
export interface Remove {
  readonly kind: "remove";
  readonly worker: string;
  readonly incarnation: number;
  readonly round: number;
}

/** What a worker has learned, and from what: one commit. */
export interface DeltaMessage {
  readonly kind: "delta";
  readonly plan: string;
  readonly incarnation: number;
  readonly round: number;
  /** The round whose weights it has begun from, at most `staleness` before. */
  readonly base: number;
  readonly epoch: number;
  readonly coded: Coded;
  readonly buffers: Data;
  readonly samples: number;
  readonly steps: number;
  readonly loss: number;
  readonly positions: ReadonlyMap<string, unknown>;
  readonly ended: readonly string[];
  readonly statistics: Readonly<Record<string, unknown>>;
  readonly times: Times;
}

/** A message that is too large for the log, and stands in a blob of this name. */
export interface Elsewhere {
  readonly kind: "elsewhere";
  readonly blob: string;
}

export type Message = Join | Leave | Remove | DeltaMessage | Elsewhere;

const actor = "message";

export const writeMessage = (message: Message): Uint8Array<ArrayBuffer> => writePacket(actor, message);

/** A message out of the log. @throws InvalidInputError for anything that is none. */
export const readMessage = (bytes: Uint8Array, maxBytes: number = 2 ** 30): Message => {
  const content = readPacket(actor, bytes, maxBytes);
  const kind = isPlain(content) ? content.kind : undefined;
  const fields =
    typeof kind === "string" && Object.hasOwn(shapes, kind) ? shapes[kind as Message["kind"]] : undefined;
  if (!fields) throw invalid(actor, `one of ${Object.keys(shapes).join(", ")} as kind`, inWords(kind));
  like(content, fields, "the message");
  const coded = (content as Partial<DeltaMessage>).coded;
  if (coded) like(coded, codings[coded.kind] ?? {}, "coded");
  return content as Message;
};

type Is = (value: unknown) => boolean;
type Fields = Readonly<Record<string, Is>>;

const text: Is = (v) => typeof v === "string" && v.length <= 65_536;
const count: Is = (v) => Number.isSafeInteger(v) && (v as number) >= 0;
const amount: Is = (v) => typeof v === "number" && v >= 0 && v < Number.POSITIVE_INFINITY;
const number: Is = (v) => typeof v === "number";
const flag: Is = (v) => typeof v === "boolean";
const floats: Is = (v) => v instanceof Float32Array || v instanceof Float64Array;
const singles: Is = (v) => v instanceof Float32Array;
const octets: Is = (v) => v instanceof Uint8Array;
const places: Is = (v) => v instanceof Uint32Array;
const byName: Is = (v) => v instanceof Map && [...v.keys()].every(text);
const names: Is = (v) => Array.isArray(v) && v.every(text);
const measured: Is = (v) => isPlain(v) && amount(v.step) && amount(v.exchange);
const coding: Is = (v) => isPlain(v) && typeof v.kind === "string" && Object.hasOwn(codings, v.kind);

const codings: Readonly<Record<string, Fields>> = {
  weights: { kind: text, values: floats },
  change: { kind: text, values: floats },
  quantized: { kind: text, bits: count, deflated: flag, scales: singles, codes: octets },
  sparse: { kind: text, indices: places, values: singles },
};

const shapes: Readonly<Record<Message["kind"], Fields>> = {
  join: { kind: text, plan: text },
  leave: { kind: text, incarnation: count },
  remove: { kind: text, worker: text, incarnation: count, round: count },
  elsewhere: { kind: text, blob: text },
  delta: {
    kind: text,
    plan: text,
    incarnation: count,
    round: count,
    base: count,
    epoch: count,
    coded: coding,
    buffers: floats,
    samples: amount,
    steps: count,
    loss: number,
    positions: byName,
    ended: names,
    statistics: isPlain,
    times: measured,
  },
};

const like = (value: unknown, fields: Fields, what: string): void => {
  const given = isPlain(value) ? value : {};
  const other = Object.keys(given).find((key) => !Object.hasOwn(fields, key));
  if (other !== undefined) throw invalid(actor, `${Object.keys(fields).join(", ")} in ${what}`, other);
  for (const [key, is] of Object.entries(fields))
    if (!(Object.hasOwn(given, key) && is(given[key])))
      throw invalid(actor, `another ${key} in ${what}`, inWords(given[key]));
};
