import { type MonoTypeOperatorFunction, Observable } from "rxjs";
import { fault, inWords, knownOptions, whole } from "../math/invalid.ts";
import { fifo } from "../streams/fifo.ts";
import { receive } from "../streams/receive.ts";
import { connected } from "./connected.ts";
import { type WebSocketLike, type WebSocketOptions, webSocketClass } from "./webSocketLike.ts";

export interface ToWebSocketOptions<Item> extends WebSocketOptions {
  /** What is sent for an item; JSON unless told otherwise. */
  readonly encode?: (item: Item) => string | Uint8Array<ArrayBuffer>;
  /** The most bytes that may wait, for the connection and in the socket: one more is an error; 16 MiB. */
  readonly capacity?: number;
}

/**
 * Sends each item over a WebSocket, and passes it on; completes when all is sent. It connects again when the connection is lost: what
 * waited is sent then, what was on its way is lost.
 * @throws InvalidInputError on options that are none. @throws Error (of the stream) when more waits than `capacity`.
 * @example steps$.pipe(toWebSocket("ws://127.0.0.1:8080/steps"))
 */
export const toWebSocket = <Item>(
  url: string | URL,
  options: ToWebSocketOptions<Item> = {},
): MonoTypeOperatorFunction<Item> => {
  knownOptions("toWebSocket()", options, [
    "WebSocket",
    "protocols",
    "retry",
    "maxRetry",
    "encode",
    "capacity",
  ]);
  const actor = `toWebSocket(${inWords(String(url))})`;
  const { encode = (item: Item) => JSON.stringify(item), capacity = 2 ** 24 } = options;
  whole(actor, "capacity", capacity);
  const WebSocket = webSocketClass(actor, options.WebSocket);
  return (source) =>
    new Observable<Item>((out) => {
      const waiting = fifo<string | Uint8Array<ArrayBuffer>>();
      let bytes = 0;
      let socket: WebSocketLike | undefined;
      let done = false;
      let polling: ReturnType<typeof setTimeout> | undefined;
      const finish = (): void => {
        clearTimeout(polling);
        if (!done || waiting.length > 0) return;
        if (socket?.bufferedAmount === 0) out.complete();
        else polling = setTimeout(finish, 5);
      };
      const flush = (): void => {
        while (socket?.readyState === open && waiting.length > 0) {
          const data = waiting.shift()!;
          bytes -= data.length;
          socket.send(data);
        }
        finish();
      };
      const close = connected(WebSocket, url, options, {
        opened: (own) => {
          socket = own;
          flush();
        },
        ended: () => out.error(fault(actor, "a server that takes all", "a connection that it has closed")),
      });
      out.add(() => {
        clearTimeout(polling);
        close(1000);
      });
      receive(source, out, {
        next: (item) => {
          try {
            const data = encode(item);
            bytes += data.length;
            if (bytes + (socket?.bufferedAmount ?? 0) > capacity)
              throw fault(actor, `at most ${capacity} bytes that wait`, "more");
            waiting.push(data);
            flush();
          } catch (error) {
            out.error(error);
            return;
          }
          out.next(item);
        },
        error: (error) => out.error(error),
        complete: () => {
          done = true;
          flush();
        },
      });
    });
};

const open = 1;
