import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type AdmissionRules, admission } from "./admission.ts";
import { assets } from "./assets.ts";
import { audience, eventOf } from "./audience.ts";
import type { PageEnd, PageHello, PageTick } from "./pageMessage.ts";

export interface PageServerOptions extends AdmissionRules {
  readonly port: number;
  readonly host: string;
  /** What somebody who comes is told first. */
  readonly hello: () => PageHello;
  /** What the page asks for; without it, it can only look. */
  readonly control: ((action: "pause" | "resume") => void) | undefined;
  /** The address has been taken, or could not be. */
  readonly listening: (url: string) => void;
  readonly failed: (error: Error) => void;
}

/** Serves the page, and tells those who look at it. */
export interface PageServer {
  readonly looked: boolean;
  tell(tick: PageTick): void;
  close(end: PageEnd): void;
}

/** How long those who look have to read the last message. */
const patience = 1000;

const headers = {
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** Starts to serve. It keeps no process alive, and ends nothing but itself when it fails. */
export const pageServer = (options: PageServerOptions): PageServer => {
  const { port, host, token, hello, control, listening, failed } = options;
  const files = assets();
  const admit = admission(options);
  const viewers = audience();

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const say = (status: number, text: string, more: Record<string, string> = {}): void => {
      response.writeHead(status, { ...headers, "Content-Type": "text/plain; charset=utf-8", ...more });
      response.end(`${text}\n`);
    };
    const { method = "GET", url = "/" } = request;
    const path = url.replace(/\?.*$/s, "");
    const action = path === "/pause" ? "pause" : path === "/resume" ? "resume" : undefined;
    const file = files.get(path);
    const admitted = admit(request);
    if (admitted.status === 401) say(401, "This page wants its token: open …/?token=…");
    else if (admitted.status === 403) say(403, "Not from there.");
    else if (admitted.status === 303) say(303, "Come in.", { Location: "./", "Set-Cookie": admitted.cookie });
    else if (action && !control) say(404, "Learning cannot be paused here.");
    else if (method !== (action ? "POST" : "GET"))
      say(405, "Not in this way.", { Allow: action ? "POST" : "GET" });
    else if (action) {
      control!(action);
      say(200, "Done.");
    } else if (path === "/events") {
      if (!viewers.admit(response, eventOf("hello", hello()))) say(503, "Too many look at this page.");
    } else if (file) {
      response.writeHead(200, { ...headers, "Content-Type": file.type, "Content-Length": file.body.length });
      response.end(file.body);
    } else say(404, "There is no such page.");
  };

  const server = createServer({ maxHeaderSize: 8192 }, (request, response) => {
    request.resume(); // nothing that is sent along is read
    try {
      answer(request, response);
    } catch (error) {
      response.destroy();
      failed(error as Error);
    }
  });
  server.maxConnections = 128;
  server.on("error", failed);
  server.on("connection", (socket) => socket.unref());
  let closed = false;
  server.listen(port, host, () => {
    if (closed) {
      server.close(); // it looked the host up meanwhile
      return;
    }
    const { address, family, port: taken } = server.address() as AddressInfo;
    const name = host === "localhost" ? host : family === "IPv6" ? `[${address}]` : address;
    listening(`http://${name}:${taken}/${token === undefined ? "" : `?token=${encodeURIComponent(token)}`}`);
  });
  server.unref();
  return {
    get looked() {
      return viewers.size > 0;
    },
    tell: (tick) => {
      if (viewers.size > 0) viewers.tell(eventOf("tick", tick));
    },
    close: (end) => {
      closed = true;
      const slow = viewers.size > 0 ? setTimeout(() => server.closeAllConnections(), patience) : undefined;
      viewers.dismiss(eventOf("end", end));
      server.close(() => clearTimeout(slow));
      if (slow === undefined) server.closeAllConnections();
      else server.closeIdleConnections();
    },
  };
};
