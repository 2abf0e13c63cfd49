import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** What a request is answered before anything else is looked at: it may go on, or why not. */
export type Admission =
  | { readonly status: 200 | 401 | 403 }
  | { readonly status: 303; readonly cookie: string };

export interface AdmissionRules {
  readonly token?: string | undefined;
  /** Names, beside `localhost` and addresses, that the page may be asked for by. */
  readonly hosts: readonly string[];
}

/** Whether an address is one of this machine, which no other can reach. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);

/**
 * Decides who may see the page. Its name must be an address, `localhost`, or one that is known: a name of somebody else's that leads here
 * is DNS rebinding. With a token a request must bring it, in `Authorization`, as a cookie, or once in the address, which is then
 * answered with the cookie. What changes something must come from the page itself.
 */
export const admission =
  ({ token, hosts }: AdmissionRules) =>
  (request: IncomingMessage): Admission => {
    const { headers, method } = request;
    const host = headers.host ?? "";
    if (!isKnown(hostnameOf(host), hosts)) return { status: 403 };
    const site = headers["sec-fetch-site"];
    const reads = method === "GET" || method === "HEAD";
    const isNavigation = reads && headers["sec-fetch-mode"] === "navigate";
    if (site !== undefined && site !== "same-origin" && site !== "none" && !isNavigation)
      return { status: 403 };
    if (!reads && hostOf(headers.origin) !== host) return { status: 403 };
    if (token === undefined) return { status: 200 };

    const name = `rxgrad-${request.socket.localPort}`; // cookies of one host are seen at all its ports
    const key = keyOf(token);
    const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
    const cookie = new RegExp(`(?:^|; )${name}=([0-9a-f]{64})(?:;|$)`).exec(headers.cookie ?? "")?.[1];
    if ((bearer !== undefined && same(keyOf(bearer), key)) || (cookie !== undefined && same(cookie, key)))
      return { status: 200 };
    const asked = new URLSearchParams(request.url?.replace(/^[^?]*/, "")).get("token");
    return reads && asked !== null && same(keyOf(asked), key)
      ? { status: 303, cookie: `${name}=${key}; HttpOnly; SameSite=Strict; Path=/` }
      : { status: 401 };
  };

const keyOf = (token: string): string =>
  createHash("sha256").update(`rxgrad dashboard ${token}`).digest("hex");
const same = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a), Buffer.from(b));

const hostOf = (origin: string | undefined): string | undefined =>
  origin !== undefined && URL.canParse(origin) ? new URL(origin).host : undefined;

/** `127.0.0.1` of `127.0.0.1:8080`, `::1` of `[::1]:8080`. */
const hostnameOf = (host: string): string =>
  host
    .replace(/:\d+$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase();

const isKnown = (name: string, hosts: readonly string[]): boolean =>
  name === "localhost" || isIP(name) > 0 || hosts.includes(name);
