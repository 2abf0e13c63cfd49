/**
 * Server-sent events as a source.
 * @module
 */

export type { Delivery } from "../adapters/delivery.ts";
export {
  type EventPosition,
  type FromServerSentEventsOptions,
  fromServerSentEvents,
  type ServerSentEvent,
} from "../adapters/fromServerSentEvents.ts";
