import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceFile } from "./sources.ts";

/**
 * A block of code on a page. What an HTML comment that begins with "before" holds is put above the block that follows it,
 * and one that begins with "then" below the block it follows: readers see neither.
 */
export interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  /** The file that the block is an excerpt of, when its fence names one; it is not a program then. */
  readonly excerptOf?: string;
  /** As readers see it. */
  readonly code: string;
  readonly before: string;
  readonly then: string;
}

/** The blocks of a page of Markdown, in order. */
export const blocksOf = ({ path, text }: SourceFile): readonly Block[] =>
  [
    ...text.matchAll(
      /(?:<!-- before\n([\s\S]*?)\n-->\n+)?^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$(?:\n+<!-- then\n([\s\S]*?)\n-->)?/gm,
    ),
  ].map((found) => {
    const [whole, before = "", language, excerptOf, code, then = ""] = found;
    const fence = found.index + whole.indexOf("```");
    return {
      page: path,
      line: text.slice(0, fence).split("\n").length,
      language: language!,
      ...(excerptOf === undefined ? {} : { excerptOf }),
      code: code!,
      before,
      then,
    };
  });

/** Whether a block is a program. */
export const isProgram = ({ language, excerptOf }: Block): boolean =>
  ["ts", "js"].includes(language) && excerptOf === undefined;

/** Lines without their indentation, to compare an excerpt with its file. */
export const linesOf = (code: string): string =>
  code
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");

/** The whole program of a block. */
export const programOf = ({ before, code, then }: Block): string => {
  const program = [before, code, then].join("\n");
  const checks = /\bexpect\(/.test(program) ? 'import { expect } from "vitest";\n' : "";
  return `${checks}${program}\nexport {};\n`;
};

/** What a block says that it prints: the comments behind `console.log(…);`. */
export const promisesOf = ({ code }: Block): readonly string[] =>
  [...code.matchAll(/^.*console\.log\(.*\);? \/\/ (.*)$/gm)].map(([, printed]) => printed!);

/** A folder of the project's own for programs that a test writes; generated, and ignored by git. */
export const programFolder = (): string => {
  const out = fileURLToPath(new URL("../../out", import.meta.url));
  mkdirSync(out, { recursive: true });
  return mkdtempSync(join(out, "blocks-"));
};

/** Writes the program of a block, and says where. */
export const writeProgram = (folder: string, block: Block, program: string = programOf(block)): string => {
  const path = join(folder, `${block.page.replace(/\W+/g, "-")}-${block.line}.ts`);
  writeFileSync(path, program);
  return path;
};
