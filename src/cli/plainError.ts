import { isInvalidInput } from "../math/invalid.ts";
import { isFailure } from "./failure.ts";

/** What an error comes to in one line, without the marks of the machinery. */
export const plainError = (error: unknown): string => {
  if (isFailure(error) || isInvalidInput(error)) return oneLine(error.message);
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const where = path === undefined ? "" : `${path}: `;
  if (code !== undefined && code in causes) return `${where}${causes[code]}`;
  if (syscall !== undefined) return `${where}${oneLine((error as Error).message)}`;
  return error instanceof Error
    ? `${oneLine(error.message)}; this may be a fault of rxgrad: --verbose shows where it comes from`
    : oneLine(String(error));
};

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, " ");

const causes: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EISDIR: "a folder, where a file is expected",
  ENOTDIR: "a part of the path is no folder",
  ENOSPC: "there is no space left on the disk",
  EROFS: "the disk is read-only",
  EMFILE: "too many files are open",
};
