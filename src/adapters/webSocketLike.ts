import { invalid } from "../math/invalid.ts";

/** What the WebSocket of browsers and of Node 22, and that of the package ws, have in common. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
  /** Those of ws alone. */
  pause?(): void;
  resume?(): void;
  terminate?(): void;
}

export type WebSocketConstructor = new (url: string, protocols?: string | string[]) => WebSocketLike;

export interface WebSocketOptions {
  /** The class of the sockets: that of the package ws where there is no other, or where sources have to be paused. */
  readonly WebSocket?: WebSocketConstructor;
  readonly protocols?: string | string[];
  /** Milliseconds before it connects again; twice as long after each failure, up to `maxRetry`. */
  readonly retry?: number;
  readonly maxRetry?: number;
}

/** The class that was given, or that the platform has. @throws InvalidInputError */
export const webSocketClass = (
  actor: string,
  given: WebSocketConstructor | undefined,
): WebSocketConstructor => {
  const found = given ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (typeof found !== "function")
    throw invalid(
      actor,
      "the WebSocket of the package ws as WebSocket, where the platform has none",
      String(found),
    );
  return found;
};
