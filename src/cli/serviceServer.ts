import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import { exposition } from "./exposition.ts";
import { isFailure } from "./failure.ts";
import type { Reply } from "./reply.ts";
import { requestItems } from "./requestItems.ts";
import type { Service } from "./service.ts";

export interface ServiceServerOptions {
  /** Refuses requests that name another host, as pages of others do that reach for this machine. */
  readonly loopback: boolean;
  readonly health: () => Readonly<Record<string, unknown>>;
  /** Is told after each event that changed something. */
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
}

/** Events that are worked on before others have their turn. */
const slice = 20;

const about = `rxgrad serves a model that learns.
POST /predict  an event, a list, or one a line: predictions, each with an id
POST /labels   { "id": …, "label": … }: learns, as the label of that prediction
POST /learn    an event with its label in the target's column
GET  /metrics  for Prometheus
GET  /health   how it is
`;

/** The HTTP side of a service. */
export const serviceServer = (service: Service, options: ServiceServerOptions): Server => {
  const requests = new Map<string, number>();
  const posts: Readonly<Record<string, (body: unknown) => Reply>> = {
    "/predict": service.predict,
    "/labels": service.label,
    "/learn": service.learn,
  };
  const gets: Readonly<Record<string, () => readonly [type: string, text: string]>> = {
    "/": () => ["text/plain; charset=utf-8", about],
    "/health": () => ["application/json", `${JSON.stringify(options.health())}\n`],
    "/metrics": () => ["text/plain; version=0.0.4; charset=utf-8", exposition(service, requests)],
  };
  const work = async (
    request: IncomingMessage,
    answer: Send,
    act: (body: unknown) => Reply,
  ): Promise<void> => {
    const { items, form } = await requestItems(request);
    const replies: Reply[] = [];
    for (const item of items) {
      if (replies.length > 0 && replies.length % slice === 0) await turn(); // others are answered in between
      replies.push(act(item));
      options.changed();
    }
    if (form === "one") return answer(replies[0]!.status, json, `${JSON.stringify(replies[0]!.body)}\n`);
    const bodies = replies.map(({ status, body }) =>
      JSON.stringify(status === 200 ? body : { ...body, status }),
    );
    // where nothing went well, who looks at the code alone is to see it
    const code = replies.every(({ status }) => status !== 200) ? (replies[0]?.status ?? 200) : 200;
    if (form === "lines") answer(code, "application/x-ndjson", `${bodies.join("\n")}\n`);
    else answer(code, json, `[${bodies.join(",")}]\n`);
  };
  const handle = async (request: IncomingMessage, answer: Send): Promise<void> => {
    const { method = "", headers } = request;
    const path = pathOf(request);
    const said = (status: number, error: string, more = {}): void =>
      answer(status, json, `${JSON.stringify({ error })}\n`, more);
    if (options.loopback && !isLocal(headers.host)) return said(403, "this host is not served");
    if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`)
      return said(403, "pages of others are not served");
    if (Object.hasOwn(posts, path))
      return method === "POST"
        ? work(request, answer, posts[path]!)
        : said(405, "expects POST", { allow: "POST" });
    if (!Object.hasOwn(gets, path)) return said(404, "nothing is here; GET / tells what there is");
    if (method !== "GET" && method !== "HEAD") return said(405, "expects GET", { allow: "GET, HEAD" });
    return answer(200, ...gets[path]!());
  };
  const limits = { requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: 5000 };
  const server = createServer(limits, (request, response) => {
    const path = pathOf(request);
    const answer = sending(request, response, (status) => {
      const known = Object.hasOwn(posts, path) || Object.hasOwn(gets, path) ? path : "other";
      const labels = `path="${known}",status="${status}"`;
      requests.set(labels, (requests.get(labels) ?? 0) + 1);
    });
    handle(request, answer).catch((error: unknown) => {
      if (request.aborted || response.headersSent) return;
      if (!isFailure(error)) options.failed(error);
      const status = isFailure(error) ? error.code : 500;
      const message = isFailure(error) ? error.message : "a fault of the server";
      answer(status, json, `${JSON.stringify({ error: message })}\n`, { connection: "close" });
    });
  });
  server.maxConnections = 1000;
  return server;
};

const json = "application/json";

type Send = (status: number, type: string, text: string, headers?: Readonly<Record<string, string>>) => void;

const sending =
  (request: IncomingMessage, response: ServerResponse, sent: (status: number) => void): Send =>
  (status, type, text, headers = {}) => {
    sent(status);
    response.writeHead(status, {
      "content-type": type,
      "content-length": Buffer.byteLength(text),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    });
    if (headers.connection !== "close" || request.complete) response.end(text);
    else {
      response.write(text);
      linger(request, response);
    }
  };

/** Milliseconds in which a client that still sends may read its answer. */
const lingerTime = 5000;

/** Ends a response when its client has sent all, has gone, or had its time: a socket that is closed on unread bytes takes the answer with it. */
const linger = (request: IncomingMessage, response: ServerResponse): void => {
  const late = setTimeout(() => response.end(), lingerTime);
  response.once("close", () => clearTimeout(late));
  request.once("end", () => response.end()).resume();
};

const pathOf = ({ url = "/" }: IncomingMessage): string => url.split("?", 1)[0]!;

const isLocal = (host = ""): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i.test(host);
