import { Observable } from "rxjs";
import { inWords } from "../math/invalid.ts";
import { type BackpressureOptions, backpressure } from "../streams/backpressure.ts";
import { connected } from "./connected.ts";
import { type DecodeOptions, decoding, knownDecoding } from "./decoding.ts";
import { type WebSocketLike, type WebSocketOptions, webSocketClass } from "./webSocketLike.ts";

/** What a message brings. */
export type WebSocketData = string | Uint8Array;

export interface FromWebSocketOptions<Value>
  extends WebSocketOptions,
    DecodeOptions<WebSocketData, Value>,
    Pick<BackpressureOptions<Value>, "dropped" | "load" | "ms"> {
  /** How many values may wait; 16,384. */
  readonly capacity?: number;
  /** What becomes of one more. "block", the default, pauses a socket of ws; any other socket cannot be paused, and ends with an error. */
  readonly overflow?: BackpressureOptions<Value>["overflow"];
}

/**
 * The messages of a WebSocket, as JSON unless `decode` says otherwise, within bounds: a socket of the package ws is paused when half of
 * the places are taken; one of a browser cannot be, and needs another `overflow`. It connects again when the connection is lost, and
 * ends when the server closes with code 1000. Nothing is delivered again: each message comes once at most, and those sent
 * while it was not connected never.
 * @throws InvalidInputError on options that are none, and (of the stream) for messages that cannot be decoded, or are too long.
 * @example fromWebSocket<Trade>("wss://example.org/trades", { WebSocket, onInvalid: "skip", rejected: bad.put })
 */
export const fromWebSocket = <Value>(
  url: string | URL,
  options: FromWebSocketOptions<Value> = {},
): Observable<Value> => {
  knownDecoding("fromWebSocket()", options, known);
  const actor = `fromWebSocket(${inWords(String(url))})`;
  const { capacity = 2 ** 14, overflow = "block", dropped, load, ms } = options;
  const bounds = {
    capacity,
    overflow,
    ...(dropped && { dropped }),
    ...(load && { load }),
    ...(ms === undefined ? {} : { ms }),
  };
  backpressure<Value>({ ...bounds, ...(overflow === "block" && { pause: () => {}, resume: () => {} }) }); // checks them
  const WebSocket = webSocketClass(actor, options.WebSocket);
  const decoded = decoding(actor, options, {
    bytesOf: (message: WebSocketData) =>
      typeof message === "string" ? new TextEncoder().encode(message) : message,
    sizeOf: (message) => message.length,
  });
  return new Observable<Value>((out) => {
    let socket: WebSocketLike | undefined;
    let paused = false;
    const values$ = new Observable<Value>((values) =>
      connected(WebSocket, url, options, {
        opened: (own) => {
          socket = own;
          if (paused) own.pause?.();
        },
        message: (data) => {
          try {
            const found = decoded(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
            if (found) values.next(found.value);
          } catch (error) {
            values.error(error);
          }
        },
        ended: () => values.complete(),
      }),
    );
    const pausing = {
      pause: () => {
        paused = true;
        socket?.pause?.();
      },
      resume: () => {
        paused = false;
        if (socket?.readyState === open) socket.resume?.();
      },
    };
    return values$
      .pipe(backpressure<Value>({ ...bounds, ...(overflow === "block" && pausing) }))
      .subscribe(out);
  });
};

const open = 1;

const known = [
  "WebSocket",
  "protocols",
  "retry",
  "maxRetry",
  "capacity",
  "overflow",
  "dropped",
  "load",
  "ms",
];
