import { expect, it } from "vitest";
import { codeOf, filesUnder, importsOf, resolveImport, type SourceFile } from "./support/sources.ts";

const core = ["math", "layers", "losses", "optimizers", "folds", "features", "formats", "graph", "streams"];

/** What each folder of src may import from; src/index.ts, the barrel of the root, imports what it likes. */
const planes: Readonly<Record<string, readonly string[]>> = {
  math: [],
  layers: ["math"],
  losses: ["math"],
  optimizers: ["math"],
  folds: ["math"],
  features: ["math", "folds"],
  formats: ["math"],
  graph: ["math", "layers", "losses", "optimizers", "formats"],
  streams: ["math", "layers", "losses", "optimizers", "folds", "features", "formats", "graph"],
  node: core,
  adapters: core,
  dashboard: [...core, "adapters"],
  scale: [...core, "adapters"],
  cli: [...core, "node", "adapters", "dashboard", "scale"],
  entries: [...core, "adapters", "dashboard", "scale"],
};
/** Packages that the build writes into the one file that imports them. */
const inlined: Readonly<Record<string, string>> = { "src/features/murmurHash3.ts": "murmur-hash" };
const lifted = ["graph", "streams", "node", "adapters", "dashboard", "scale", "cli", "entries"];
/** Planes that stand on packages of others: optional peers, or written into what is built. */
const standing = ["adapters", "dashboard", "scale", "cli"];
const longest = 150;

/** One for each entry of package.json. */
const barrels: readonly string[] = ["src/index.ts", "src/node/index.ts"];
const isBarrel = (path: string): boolean => barrels.includes(path) || path.startsWith("src/entries/");

/** Files that hold a family of small things, and are named after it. */
const families: Readonly<Record<string, string>> = {
  "src/math/functions.ts": "one-line functions",
  "src/math/initializers.ts": "a line or two each",
  "src/math/products.ts": "the four products of matrices",
  "src/math/simd/functions.ts": "of one number",
  "src/math/simd/instructions.ts": "an instruction a line",
  "src/folds/classes.ts": "what scored rows say of classes",
  "src/math/simd/finiteness.ts": "two looks at many floats",
  "src/formats/plainData.ts": "what states are made of",
  "src/formats/savedNames.ts": "names in a file, and its version",
  "src/graph/nodeWork.ts": "a layer at work, and its two directions",
  "src/dashboard/pageMessage.ts": "what the page is told, and what that is made of",
  "src/graph/taps.ts": "activations$ and gradients$, the two sides of one tap",
};

/** Classes, which are for accessors on a prototype and for what RxJS wants to be a subclass; on hot paths alone. */
const classes: Readonly<Record<string, string>> = {
  "src/math/sparse.ts": "`data` waits until it is asked for",
  "src/graph/nodeWork.ts":
    "subscribers that do the work themselves; methods that are the same functions in every graph",
  "src/graph/learning.ts": "the same",
  "src/graph/updater.ts": "the same",
  "src/folds/holding.ts": "accessors that do not slow down `learn`",
  "src/graph/growingVector.ts": "accessors that do not slow down those who read them",
  "src/graph/lane.ts": "a Subject with a shorter way for one observer",
  "src/math/simd/arena.ts": "accessors; all blocks keep one shape for the compiler",
};

/** Folders inside of a plane: one that hides many files behind one. */
const nested: Readonly<Record<string, string>> = {
  "src/math/simd": "an assembler and its generators, behind one implementation of the kernels",
  "src/dashboard/page": "what runs in the browser, built into one script beside the server",
};

const folderOf = (path: string): string => path.split("/")[1]!;
const isPure = ({ path }: SourceFile): boolean =>
  folderOf(path) in planes && !lifted.includes(folderOf(path));
const nameOf = (path: string): string => path.replace(/^.*\/|\.ts$/g, "");
const exportsOf = (text: string): readonly string[] =>
  [
    ...codeOf(text).matchAll(
      /^export (?:async )?(?:const|function\*?|type|interface|class|enum) ([\p{L}\p{N}_$]+)/gmu,
    ),
  ].map(([, name]) => name!);

type Law = (file: SourceFile) => readonly string[];

const laws: Readonly<Record<string, Law>> = {
  "src/ is one level deep, in the folders of the design": ({ path }) =>
    path === "src/index.ts" ||
    (path.split("/").length === 3 && folderOf(path) in planes) ||
    path.replace(/\/[^/]*$/, "") in nested
      ? []
      : ["stands in no plane"],
  "import leads only to planes below": ({ path, text }) => {
    if (path === "src/index.ts") return [];
    const own = folderOf(path);
    return importsOf(text)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => folderOf(resolveImport(path, specifier)))
      .filter((folder) => folder !== own && !planes[own]?.includes(folder))
      .map((folder) => `${own} imports ${folder}`);
  },
  "import of a package is of rxjs, and only where streams live, but for what is inlined": ({ path, text }) =>
    importsOf(text)
      .filter((specifier) => !specifier.startsWith("."))
      .filter((specifier) => {
        const folder = folderOf(path);
        if (inlined[path] === specifier) return false;
        if (specifier === "rxjs") return !lifted.includes(folder);
        return !standing.includes(folder) && !(folder === "node" && specifier.startsWith("node:"));
      })
      .map((specifier) => `imports ${specifier}`),
  "export … from stands in the barrels alone": ({ path, text }) =>
    !isBarrel(path) && /^export\b[^;="']*\bfrom\b/m.test(codeOf(text)) ? ["re-exports"] : [],
  "export is by name": ({ text }) => {
    const code = codeOf(text);
    const starred = /^export \*/m.test(code) ? ["exports *"] : [];
    return /^export default\b/m.test(code) ? [...starred, "exports a default"] : starred;
  },
  "file is named after its main export": ({ path, text }) => {
    if (isBarrel(path) || path in families) return [];
    const names = exportsOf(text);
    const name = nameOf(path).toLowerCase();
    const alike = (a: string, b: string) => a.includes(b) || b.startsWith(a);
    return names.some((one) => alike(one.toLowerCase(), name))
      ? []
      : [`exports ${names.join(", ") || "nothing"}, but no ${nameOf(path)}`];
  },
  [`file has at most ${longest} lines, or begins with "// Long because"`]: ({ path, text }) => {
    const lines = text.trimEnd().split("\n").length;
    return path === "src/index.ts" || lines <= longest || /^\/\/ Long because /.test(text)
      ? []
      : [`${lines} lines`];
  },
  "let stands in no module's own scope": ({ text }) =>
    /^(?:export )?(?:let|var) /m.test(codeOf(text)) ? ["a let that the whole process shares"] : [],
  "class and enum are not used": ({ path, text }) =>
    !(path in classes) && /^(?:export )?(?:abstract )?(?:class|enum) /m.test(codeOf(text))
      ? ["declares a class or an enum"]
      : [],
  "any is no type here": ({ text }) =>
    /(?:[:<|&,(]|\bas|\bextends|=)\s*any\b(?!\w|\()/.test(codeOf(text).replace(/"[^"\n]*"|`[^`]*`/g, '""'))
      ? ["any"]
      : [],
  "Math.random and clocks are not in pure folders": (file) =>
    isPure(file)
      ? [
          ...codeOf(file.text).matchAll(
            /\bMath\.random\b|\bDate\.now\b|\bDate\(\s*\)|\bnew Date\b(?!\()|\bperformance\b|\bcrypto\b|\bset(?:Timeout|Interval)\b/g,
          ),
        ].map(([found]) => found)
      : [],
  "** is for squares and powers of two, which have the same bits everywhere; power() is for others": ({
    text,
  }) =>
    [...codeOf(text).matchAll(/(?<!(?<![\w.])2 )\*\*(?! 2(?![\w.]))|\bMath\.pow\b/g)].map(([found]) => found),
};

const sources = filesUnder("src", ".ts");
const broken = (law: Law, files: readonly SourceFile[] = sources): readonly string[] =>
  files.flatMap((file) => law(file).map((what) => `${file.path}: ${what}`));

it("src/ is not empty", () => {
  expect(sources.length).toBeGreaterThan(50);
});

for (const [name, law] of Object.entries(laws))
  it(name, () => {
    expect(broken(law)).toEqual([]);
  });

/** The files of each cycle of imports, of types too. */
const cyclesOf = (files: readonly SourceFile[]): readonly string[] => {
  const imports = new Map(
    files.map(({ path, text }) => [
      path,
      importsOf(text)
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => resolveImport(path, specifier)),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push([...trail.slice(at), path].join(" → "));
    if (at >= 0 || done.has(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return cycles;
};

it("import makes no cycles, not even of types", () => {
  expect(cyclesOf(sources)).toEqual([]);
});

it("cyclesOf() finds a cycle of type imports", () => {
  const files = [
    { path: "src/math/a.ts", text: 'import type { B } from "./b.ts";' },
    { path: "src/math/b.ts", text: 'import {\n  type A,\n} from "./a.ts";' },
  ];
  expect(cyclesOf(files)).toEqual(["src/math/a.ts → src/math/b.ts → src/math/a.ts"]);
});

/** One offence against each law, in the order of the laws. */
const offences: readonly SourceFile[] = [
  { path: "src/math/deep/a.ts", text: "export const a = 1;" },
  { path: "src/math/a.ts", text: 'import type { Model } from "../graph/model.ts";\nexport const a = 1;' },
  { path: "src/folds/a.ts", text: 'import { map } from "rxjs";\nexport const a = map;' },
  { path: "src/math/a.ts", text: 'export type { B } from "./b.ts";\nexport const a = 1;' },
  { path: "src/math/a.ts", text: "export default 1;" },
  { path: "src/math/a.ts", text: "export const b = 1;" },
  { path: "src/math/a.ts", text: `export const a = [\n${"  1,\n".repeat(longest)}];\n` },
  { path: "src/math/a.ts", text: "let count = 0;\nexport const a = () => count++;" },
  { path: "src/math/a.ts", text: "export class A {}" },
  { path: "src/math/a.ts", text: "export const a = (b: any) => b;" },
  { path: "src/math/a.ts", text: "export const a = () => Date.now();" },
  { path: "src/math/a.ts", text: "export const a = (x: number) => 2 ** x + x ** 2 + x ** 3;" },
];

it.each(Object.entries(laws).map(([name, law], i) => [name, law, offences[i]!] as const))(
  "%s: and an offence is found",
  (_, law, offence) => {
    expect(broken(law, [offence])).toHaveLength(1);
  },
);

it("codeOf() drops comments and keeps strings", () => {
  expect(codeOf('/* let */ const a = "// no comment"; // any')).toBe(' const a = "// no comment"; ');
});

it("importsOf() finds every form of import", () => {
  const text =
    'import type { A } from "./a.ts";\nimport {\n  b,\n} from "../b.ts";\nexport type { C } from "./c.ts";\nimport "./d.ts";\nconst e = await import("./e.ts");';
  expect(importsOf(text)).toEqual(["./a.ts", "../b.ts", "./c.ts", "./d.ts", "./e.ts"]);
});
