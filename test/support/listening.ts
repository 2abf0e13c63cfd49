import { request } from "node:http";
import type { PageEnd, PageHello, PageTick } from "../../src/dashboard/pageMessage.ts";

/** What a page has been told until now. */
export interface Heard {
  readonly hello: readonly PageHello[];
  readonly ticks: readonly PageTick[];
  readonly ends: readonly PageEnd[];
  /** The line has been closed. */
  readonly closed: Promise<void>;
}

/** Listens to a dashboard as its page does; resolves once it has been told first. */
export const listening = (port: number): Promise<Heard> =>
  new Promise((resolve, reject) => {
    const heard = { hello: [] as PageHello[], ticks: [] as PageTick[], ends: [] as PageEnd[] };
    const kinds: Readonly<Record<string, unknown[]>> = {
      hello: heard.hello,
      tick: heard.ticks,
      end: heard.ends,
    };
    const asked = request({ host: "127.0.0.1", port, path: "/events", agent: false }, (response) => {
      const closed = new Promise<void>((done) => response.on("close", done));
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        const messages = text.split("\n\n");
        text = messages.pop()!;
        for (const message of messages) {
          const [, kind, data] = /^event: (\w+)\ndata: (.*)$/.exec(message)!;
          kinds[kind!]!.push(JSON.parse(data!));
        }
        if (heard.hello.length > 0) resolve({ ...heard, closed });
      });
    });
    asked.on("error", reject);
    asked.end();
  });
