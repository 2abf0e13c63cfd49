import { backoff, pause } from "./pause.ts";
import type { WebSocketConstructor, WebSocketLike, WebSocketOptions } from "./webSocketLike.ts";

/** What follows what happens to a connection. */
export interface Connection {
  opened?(socket: WebSocketLike): void;
  message?(data: unknown): void;
  /** The server has ended it as one that is done. */
  ended(): void;
}

/** Keeps a connection, which is made anew whenever it is lost; the function that it returns ends it, whatever it waits for. */
export const connected = (
  WebSocket: WebSocketConstructor,
  url: string | URL,
  { protocols, retry = 500, maxRetry = 30_000 }: Pick<WebSocketOptions, "protocols" | "retry" | "maxRetry">,
  { opened, message, ended }: Connection,
): ((code?: number) => void) => {
  const leaving = new AbortController();
  let socket: WebSocketLike | undefined;
  let failures = 0;
  const connect = (): void => {
    if (leaving.signal.aborted) return;
    const own = new WebSocket(String(url), protocols);
    socket = own;
    own.binaryType = "arraybuffer";
    own.onopen = () => {
      failures = 0;
      opened?.(own);
    };
    own.onmessage = ({ data }: { data: unknown }) => message?.(data);
    own.onerror = () => {}; // it closes next
    own.onclose = ({ code }: { code: number }) => {
      if (leaving.signal.aborted) return;
      if (code === 1000) ended();
      else pause(backoff(retry, maxRetry, failures++), leaving.signal).then(connect, () => {});
    };
  };
  connect();
  return (code) => {
    leaving.abort();
    if (!socket) return;
    socket.onmessage = null;
    if (code === undefined && socket.terminate) socket.terminate();
    else socket.close(code);
  };
};
