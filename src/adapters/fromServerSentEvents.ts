import { createParser, type EventSourceMessage } from "eventsource-parser";
import type { Observable } from "rxjs";
import { fault, finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { fromPull } from "../streams/fromPull.ts";
import type { Delivery } from "./delivery.ts";
import { backoff, pause } from "./pause.ts";

/** Where an event stands: the last id that its server gave, and how many events without one came since. */
export interface EventPosition {
  readonly id: string;
  readonly n: number;
}

/** One event as it was sent. */
export interface ServerSentEvent {
  /** "message", unless the server says otherwise. */
  readonly event: string;
  readonly data: string;
}

export interface FromServerSentEventsOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Behind which event to begin: its id is sent to the server, which must know what came after. `ledger.from(url)`. */
  readonly after?: EventPosition | undefined;
  /** The most characters of an event; 1 Mi. */
  readonly maxEvent?: number;
  /** Milliseconds before it connects again, until the server says otherwise; twice as long after each failure, up to `maxRetry`. */
  readonly retry?: number;
  readonly maxRetry?: number;
  /** How many events may be read ahead; 64. */
  readonly ahead?: number;
}

/**
 * Server-sent events, at the pace of what stands behind: what is not asked for stays in the connection, and with the server. It
 * connects again when the connection ends, and tells the server the last id that it has seen. Events come once at least from a server that
 * sends them again, and once at most from one that gives no ids. A server that answers 204 ends the stream.
 * @throws InvalidInputError on options that are none, and (of the stream) for an event that is too long.
 * @throws Error (of the stream) for an answer of 400 to 499, and for one that is no stream of events.
 * @example
 * fromServerSentEvents("https://example.org/payments").pipe(ledger.receive(), map(({ data }) => JSON.parse(data)), …)
 */
export const fromServerSentEvents = (
  url: string | URL,
  options: FromServerSentEventsOptions = {},
): Observable<Delivery<ServerSentEvent, EventPosition>> => {
  knownOptions("fromServerSentEvents()", options, known);
  const { headers = {}, after, maxEvent = 2 ** 20, retry = 1000, maxRetry = 30_000, ahead = 64 } = options;
  const partition = String(url);
  const actor = `fromServerSentEvents(${inWords(partition)})`;
  whole(actor, "maxEvent", maxEvent);
  finite(actor, "retry", retry, { min: 0 });
  finite(actor, "maxRetry", maxRetry, { min: 0 });
  return fromPull(
    async function* (signal) {
      const line = { id: after?.id ?? "", n: after?.n ?? 0, retry, failures: 0 };
      while (!signal.aborted) {
        try {
          const response = await fetch(url, {
            signal,
            headers: {
              accept: "text/event-stream",
              ...headers,
              ...(line.id === "" ? {} : { "last-event-id": line.id }),
            },
          });
          if (response.status === 204) return;
          checkAnswer(actor, response);
          if (line.id !== "") line.n = 0; // those since then come again
          for await (const { id, event = "message", data } of eventsOf(actor, response, maxEvent, line)) {
            line.failures = 0;
            line.n = id === undefined || id === line.id ? line.n + 1 : 0;
            if (id !== undefined) line.id = id;
            yield eventDelivery(partition, { id: line.id, n: line.n }, { event, data });
          }
        } catch (error) {
          if (signal.aborted) return;
          if (!isPassing(error)) throw error;
        }
        await pause(backoff(line.retry, Math.max(maxRetry, line.retry), line.failures++), signal);
      }
    },
    { ahead },
  );
};

const known = ["headers", "after", "maxEvent", "retry", "maxRetry", "ahead"] as const;

const eventDelivery = (
  partition: string,
  position: EventPosition,
  value: ServerSentEvent,
): Delivery<ServerSentEvent, EventPosition> => ({
  value,
  partition,
  position,
  isAfter: ({ id, n }) => id !== position.id || position.n > n,
  ack: () => {},
});

/** Network errors are TypeErrors of fetch, and of its body; 5xx is told as one. */
const isPassing = (error: unknown): boolean => error instanceof TypeError;

const checkAnswer = (actor: string, response: Response): void => {
  const { status, headers } = response;
  const type = headers.get("content-type") ?? "no content type";
  if (response.ok && type.startsWith("text/event-stream")) return;
  void response.body?.cancel();
  if (status >= 500) throw new TypeError(`${status}`);
  throw fault(actor, "a stream of events", response.ok ? type : String(status));
};

async function* eventsOf(
  actor: string,
  { body }: Response,
  maxEvent: number,
  line: { retry: number },
): AsyncGenerator<EventSourceMessage> {
  if (!body) return;
  let parsed: EventSourceMessage[] = [];
  let excess = false;
  const parser = createParser({
    maxBufferSize: maxEvent,
    onEvent: (event) => parsed.push(event),
    onRetry: (ms) => {
      line.retry = ms;
    },
    onError: ({ type }) => {
      excess ||= type === "max-buffer-size-exceeded";
    },
  });
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array<ArrayBuffer>>)
    .getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(value);
      const events = parsed;
      parsed = [];
      yield* events;
      if (excess) throw invalid(actor, `events of at most ${maxEvent} characters`, "a longer one");
    }
  } finally {
    reader.cancel().catch(() => {}); // it may have failed
  }
}
