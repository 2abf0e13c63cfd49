import type { ServerResponse } from "node:http";

/** Everybody who looks at the page. */
export interface Audience {
  readonly size: number;
  /** Begins to tell somebody, with this first; false when there is no room for one more. */
  admit(response: ServerResponse, first: string): boolean;
  tell(message: string): void;
  /** Tells all, and lets them go. */
  dismiss(message: string): void;
}

export interface AudienceOptions {
  /** Who has so many bytes still to read, beside what was told first, is dropped, and may come again. */
  readonly limit?: number;
  readonly seats?: number;
}

/** Tells many of the same, in server-sent events. Nobody is waited for: what one does not read in time is not kept. */
export const audience = ({ limit = 1 << 22, seats = 16 }: AudienceOptions = {}): Audience => {
  const present = new Map<ServerResponse, number>();
  const tell = (message: string): void => {
    for (const [one, most] of present) {
      one.write(message);
      if (one.writableLength <= most) continue;
      present.delete(one);
      one.destroy();
    }
  };
  return {
    get size() {
      return present.size;
    },
    admit: (response, first) => {
      if (present.size >= seats) return false;
      response.writeHead(200, {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "no-store",
        Connection: "close", // so that the end of the last message is the end of the connection
        "X-Accel-Buffering": "no",
      });
      response.on("close", () => present.delete(response));
      response.write(first);
      present.set(response, limit + Buffer.byteLength(first));
      return true;
    },
    tell,
    dismiss: (message) => {
      for (const one of present.keys()) one.end(message);
      present.clear();
    },
  };
};

/** A message with its kind, as the protocol has it. */
export const eventOf = (kind: "hello" | "tick" | "end", message: object): string =>
  `event: ${kind}\ndata: ${JSON.stringify(message)}\n\n`;
