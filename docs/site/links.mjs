import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const site = resolve(process.argv[2]);
// what stands in media is a file that a page leads to, and no page: the source of a recipe, for example
const pages = readdirSync(site, { recursive: true }).filter((name) => /^(?!media[\\/]).*\.html$/.test(name));
const texts = new Map(pages.map((name) => [join(site, name), readFileSync(join(site, name), "utf8")]));
const idsOf = (text) => new Set([...text.matchAll(/\s(?:id|name)="([^"]+)"/g)].map(([, id]) => id));
const ids = new Map([...texts].map(([path, text]) => [path, idsOf(text)]));

const isFile = (path) => {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** What is wrong with a link of a page; undefined when it leads somewhere, or off the site. */
const wrongWith = (page, link) => {
  if (/^(?:[a-z]+:|\/\/|data:)/i.test(link)) return undefined;
  const [path, fragment] = link.split("#");
  const target = path === "" ? page : resolve(dirname(page), decodeURIComponent(path));
  if (!isFile(target)) return "leads nowhere";
  if (!fragment || !ids.has(target) || ids.get(target).has(decodeURIComponent(fragment))) return undefined;
  return "leads to a place that its page does not have";
};

const wrong = [...texts].flatMap(([page, text]) =>
  [...text.matchAll(/\s(?:href|src)="([^"]*)"/g)].flatMap(([, link]) => {
    const fault = wrongWith(page, link.replaceAll("&amp;", "&"));
    return fault ? [`${relative(site, page)}: ${link} ${fault}`] : [];
  }),
);
const links = [...texts.values()].reduce((sum, text) => sum + text.split(/\s(?:href|src)="/).length - 1, 0);
for (const line of wrong) console.error(line);
console.log(`${pages.length} pages, ${links} links, ${wrong.length} of them wrong`);
process.exitCode = wrong.length > 0 ? 1 : 0;
