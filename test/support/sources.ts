import { readdirSync, readFileSync } from "node:fs";
import { posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the project; the path is relative, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The files under a folder of the project whose names end so. */
export const filesUnder = (folder: string, ending: string): readonly SourceFile[] =>
  readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .filter((entry) => !`${entry.parentPath}${sep}`.includes(`${sep}node_modules${sep}`))
    .map((entry) => `${entry.parentPath}${sep}${entry.name}`)
    .map((path) => ({
      path: relative(root, path).split(sep).join("/"),
      text: readFileSync(path, "utf8"),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));

/** One file of the project. */
export const fileAt = (path: string): SourceFile => ({ path, text: readFileSync(`${root}${path}`, "utf8") });

/** The code without its comments; strings stay. */
export const codeOf = (text: string): string =>
  text.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_, string?: string) => string ?? "",
  );

/** What a file imports or re-exports, types too, as written. */
export const importsOf = (text: string): readonly string[] =>
  [
    ...codeOf(text).matchAll(
      /^(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm,
    ),
  ].map(([, from, bare, dynamic]) => (from ?? bare ?? dynamic)!);

/** The path that a relative import leads to. */
export const resolveImport = (from: string, specifier: string): string =>
  posix.normalize(posix.join(posix.dirname(from), specifier));
