import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A file of the page, by the path that it is asked for by. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

/** The files of the page, which the build makes of src/dashboard/page. */
export const assets = (): ReadonlyMap<string, Asset> => {
  const root = dirname(createRequire(import.meta.url).resolve("rxgrad/package.json"));
  const read = (name: string): Buffer => readFileSync(join(root, "dist/page", name));
  return new Map([
    ["/", { type: "text/html; charset=utf-8", body: read("page.html") }],
    ["/page.js", { type: "text/javascript; charset=utf-8", body: read("page.js") }],
    ["/page.css", { type: "text/css; charset=utf-8", body: read("page.css") }],
  ]);
};
