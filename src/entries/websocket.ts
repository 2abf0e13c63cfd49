/**
 * WebSockets as a source and a sink.
 * @module
 */

export type { DecodeOptions } from "../adapters/decoding.ts";
export { type FromWebSocketOptions, fromWebSocket, type WebSocketData } from "../adapters/fromWebSocket.ts";
export { type ToWebSocketOptions, toWebSocket } from "../adapters/toWebSocket.ts";
export type { WebSocketConstructor, WebSocketLike, WebSocketOptions } from "../adapters/webSocketLike.ts";
