import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Converter, ReflectionKind, Renderer } from "typedoc";

const root = resolve(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), "../..");
const chapters = JSON.parse(readFileSync(new URL("./chapters.json", import.meta.url), "utf8"));

/** Which chapter a page stands in: "docs/labels.md" is named in chapters.json as "labels". */
const chapterOf = (page) => {
  if (page.startsWith("adr/")) return "Decisions";
  const found = Object.entries(chapters).find(([, pages]) => pages.includes(page));
  if (!found)
    throw new Error(`docs/site/chapters.json expects every page in a chapter, got none for ${page}`);
  return found[0];
};

/** Where a page stands in its chapter. */
const placeOf = (page) => Object.values(chapters).flat().indexOf(page);

const heading = /^# (.+)\n+/;

const isFolder = (path) => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

/** The parts of a page without links to folders, which the site does not have; their words stay. */
const withoutFolders = (parts, folder) =>
  parts.flatMap((part, i) => {
    const leads = (at) => parts[at]?.kind === "relative-link" && isFolder(resolve(folder, parts[at].text));
    if (leads(i)) return [];
    const opened = leads(i + 1) ? part.text.replace(/\[([^[\]]*)\]\($/, "$1") : part.text;
    return [{ ...part, text: leads(i - 1) ? opened.replace(/^\)/, "") : opened }];
  });

/** What a program imports: "rxgrad/nats" for "entries/nats". */
const specifierOf = (entry) =>
  entry === "index" ? "rxgrad" : `rxgrad/${entry.replace("entries/", "").replace("node/blas", "blas")}`;

/** A plugin of TypeDoc: pages are called by their headings, and stand in the chapters of chapters.json. */
export const load = (app) => {
  const titles = new Map();
  const places = new Map();
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const pages = project.getReflectionsByKind(ReflectionKind.Document);
    for (const page of pages) {
      const path = page.name.replace(/^docs\//, "");
      const folder = resolve(root, path.startsWith("adr/") ? "docs/adr" : /^[A-Z]/.test(path) ? "." : "docs");
      page.frontmatter.group = chapterOf(path);
      places.set(page, placeOf(path));
      const [, title] = heading.exec(page.content[0]?.text ?? "") ?? [];
      titles.set(page, title?.replaceAll("`", ""));
      page.name = path.replace(/^adr\//, "").toLowerCase();
      page.content = withoutFolders(page.content, folder);
    }
    if (!project.readme) return;
    const [first, ...rest] = withoutFolders(project.readme, root);
    project.readme = [{ ...first, text: first.text.replace(heading, "") }, ...rest]; // the site's own title stands there
  });
  const last = -10_000;
  app.converter.on(
    Converter.EVENT_RESOLVE_END,
    ({ project }) => {
      for (const group of project.groups ?? [])
        if (group.children.every((page) => (places.get(page) ?? -1) >= 0))
          group.children.sort((a, b) => places.get(a) - places.get(b));
    },
    last,
  );
  // links of the navigation are the same text on all pages, some of which are a folder deeper
  app.renderer.on(Renderer.EVENT_END_PAGE, (page) => {
    const up = "../".repeat(page.url.split("/").length - 1);
    page.contents = page.contents?.replaceAll('href="playground/', `href="${up}playground/`);
  });
  // addresses are given by then: they keep the names of files
  app.renderer.on(Renderer.EVENT_BEGIN, ({ project }) => {
    for (const [page, title] of titles) if (title) page.name = title;
    for (const entry of project.getReflectionsByKind(ReflectionKind.Module))
      entry.name = specifierOf(entry.name);
  });
};
