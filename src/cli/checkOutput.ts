import { statSync } from "node:fs";
import { dirname } from "node:path";
import { failure, misuse } from "./failure.ts";

/** Refuses a place to write to that is none, or is one of the files that are read, before any work is done. @throws Failure */
export const checkOutput = (option: string, path: string, inputs: readonly string[]): void => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw failure(`${path} could not be written: it is a folder`);
  if (!found && !statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
    throw failure(`${path} could not be written: its folder does not exist`);
  const same = inputs.find((input) => found?.isFile() && isSame(found, input));
  if (same !== undefined)
    throw misuse(`${option} ${path} would write over ${same}, which is read; give another file`);
};

const isSame = (found: { readonly dev: number; readonly ino: number }, input: string): boolean => {
  const other = input === "-" ? undefined : statSync(input, { throwIfNoEntry: false });
  return other?.dev === found.dev && other.ino === found.ino;
};
