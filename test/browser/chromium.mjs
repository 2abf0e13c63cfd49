import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { chromium } from "playwright-core";

/** Debian's. */
export const executablePath = "/usr/bin/chromium";
export const installed = existsSync(executablePath);

const types = {
  css: "text/css",
  html: "text/html",
  js: "text/javascript",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};

/**
 * Headless Chromium, and a server on a free port of this machine that serves the files by name, and a page that loads
 * `main.js`; all with these headers.
 */
export const browse = async (files, headers = {}) => {
  const icon = '<link rel="icon" href="data:,">'; // or Chromium asks for one
  const served = {
    "index.html": `<!doctype html>${icon}<script type="module" src="main.js"></script>`,
    ...files,
  };
  const server = createServer((request, response) => {
    const name = new URL(request.url, "http://localhost").pathname.slice(1) || "index.html";
    if (!Object.hasOwn(served, name)) return response.writeHead(404).end();
    response.writeHead(200, {
      ...headers,
      "content-type": types[name.split(".").at(-1)] ?? "application/octet-stream",
    });
    return response.end(served[name]);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    version: browser.version(),
    /** A new page, in a profile of its own; what it throws arrives at `failed`. */
    open: async (failed = () => {}) => {
      const page = await (await browser.newContext()).newPage();
      page.on("pageerror", (error) => failed(error.message));
      page.on("crash", () => failed("the page crashed"));
      await page.goto(`http://127.0.0.1:${server.address().port}/`);
      return page;
    },
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
};
