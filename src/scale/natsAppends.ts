import type { MsgRequest, StoredMsg } from "@nats-io/jetstream";
import type { MsgHdrs } from "@nats-io/transport-node";
import { appendId } from "./appendId.ts";
import type { NatsEngine } from "./natsEngine.ts";

/** Whether a message was compared with what was expected, as what is appended is, and what a stranger publishes is not. */
export const isAppended = (header: MsgHdrs | undefined): boolean =>
  header?.has(appendId) === true && header.has("Nats-Expected-Last-Subject-Sequence");

/** The messages on a subject from a sequence on, as far as they go now. */
async function* messagesOn(
  { call }: NatsEngine,
  stream: string,
  subject: string,
  from: number,
): AsyncGenerator<StoredMsg, void, undefined> {
  for (let seq = from; ; ) {
    const next = { seq, next_by_subj: subject } as MsgRequest; // the client's types know it for direct requests alone
    const message = await call(({ manager }) => manager.streams.getMessage(stream, next));
    if (!message) return;
    yield message;
    seq = message.seq + 1;
  }
}

/** The sequence of what was appended last on a subject. */
const lastAppended = async (
  engine: NatsEngine,
  stream: string,
  subject: string,
): Promise<number | undefined> => {
  const last = await engine.lastOn(stream, subject);
  if (!last || isAppended(last.header)) return last?.seq;
  let found: number | undefined;
  for await (const { seq, header } of messagesOn(engine, stream, subject, 1))
    if (isAppended(header)) found = seq;
  return found;
};

/**
 * Where to append behind what strangers have published after `expected`: their last one, or the message that has the id already; undefined
 * when something was appended, or nothing has come.
 */
const behindStrangers = async (
  engine: NatsEngine,
  stream: string,
  subject: string,
  expected: number,
  id: string,
): Promise<{ readonly seq: number; readonly isOwn: boolean } | undefined> => {
  let last: number | undefined;
  for await (const { seq, header } of messagesOn(engine, stream, subject, expected + 1)) {
    if (isAppended(header)) return header.get(appendId) === id ? { seq, isOwn: true } : undefined;
    last = seq;
  }
  return last === undefined ? undefined : { seq: last, isOwn: false };
};

/** What was appended to a stream, among what strangers have published there. */
export const natsAppends = (engine: NatsEngine, stream: string) => ({
  last: (subject: string) => lastAppended(engine, stream, subject),
  behindStrangers: (subject: string, expected: number, id: string) =>
    behindStrangers(engine, stream, subject, expected, id),
});
