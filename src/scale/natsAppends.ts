import type { MsgRequest, StoredMsg } from "@nats-io/jetstream";
import type { MsgHdrs } from "@nats-io/transport-node";
import { appendId } from "./appendId.ts";
import type { NatsEngine } from "./natsEngine.ts";

/** Whether a message was compared with what was expected, as what is appended is, and what a stranger publishes is not. */
export const isAppended = (header: MsgHdrs | undefined): boolean =>
  header?.has(appendId) === true && header.has("Nats-Expected-Last-Subject-Sequence");

/**
 * The messages on a subject from a sequence on, as far as they go now. Where they stand side by side, as of one who floods a log, several
 * are asked for at once.
 */
async function* messagesOn(
  { call }: NatsEngine,
  stream: string,
  subject: string,
  from: number,
): AsyncGenerator<StoredMsg, void, undefined> {
  const nextFrom = (seq: number): Promise<StoredMsg | null> => {
    const next = { seq, next_by_subj: subject } as MsgRequest; // the client's types know it for direct requests alone
    return call(({ manager }) => manager.streams.getMessage(stream, next));
  };
  for (let [seq, width] = [from, 1]; ; ) {
    const asked = Array.from({ length: width }, (_, i) => seq + i);
    let found = 0;
    for (const message of await Promise.all(asked.map(nextFrom))) {
      if (!message) return;
      if (message.seq < seq) continue; // the answer to several
      yield message;
      found++;
      seq = message.seq + 1;
    }
    width = found === width ? Math.min(2 * width, widest) : 1;
  }
}

/** How many messages are asked for at once. */
const widest = 32;

/** How far a subject has been looked through, and what was appended last until there. */
interface Walked {
  readonly to: number;
  readonly seq?: number;
}

/** The sequence of what was appended last on a subject; what has been looked through is remembered. */
const lastAppended = async (
  engine: NatsEngine,
  stream: string,
  subject: string,
  walked: Map<string, Walked>,
): Promise<number | undefined> => {
  const last = await engine.lastOn(stream, subject);
  if (last && !isAppended(last.header)) {
    let { to, seq: found } = walked.get(subject) ?? { to: 0 };
    for await (const { seq, header } of messagesOn(engine, stream, subject, to + 1)) {
      to = seq;
      if (isAppended(header)) found = seq;
    }
    if (found !== undefined) walked.set(subject, { to, seq: found });
    return found;
  }
  walked.delete(subject);
  return last?.seq;
};

const behindStrangers = async (
  engine: NatsEngine,
  stream: string,
  subject: string,
  expected: number,
  id: string,
): ReturnType<NatsAppends["behindStrangers"]> => {
  let last = 0;
  for await (const { seq, header } of messagesOn(engine, stream, subject, Math.max(1, expected))) {
    const isForeign = !isAppended(header);
    if (!isForeign && header.get(appendId) === id) return { seq, isOwn: true };
    if (seq > expected && (!isForeign || last < expected)) return undefined; // or what is expected is not there
    last = seq;
  }
  return last > expected ? { seq: last, isOwn: false } : undefined;
};

/** What was appended to a stream, among what strangers have published there. */
export interface NatsAppends {
  /** The sequence of what was appended last on a subject. */
  last(subject: string): Promise<number | undefined>;
  /**
   * Where to append behind what strangers have published after `expected`: their last one, or the message that has the id already; undefined
   * when something was appended, or nothing has come.
   */
  behindStrangers(
    subject: string,
    expected: number,
    id: string,
  ): Promise<{ readonly seq: number; readonly isOwn: boolean } | undefined>;
}

export const natsAppends = (engine: NatsEngine, stream: string): NatsAppends => {
  const walked = new Map<string, Walked>();
  return {
    last: (subject) => lastAppended(engine, stream, subject, walked),
    behindStrangers: (subject, expected, id) => behindStrangers(engine, stream, subject, expected, id),
  };
};
