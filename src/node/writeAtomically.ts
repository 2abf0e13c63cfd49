import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Writes a file that is there as a whole or not at all, whenever the process or the machine stops: under another name first, flushed
 * to the disk, renamed, and the folder flushed too.
 */
export const writeAtomically = async (folder: string, name: string, bytes: Uint8Array): Promise<void> => {
  const temporary = join(folder, name + temporarySuffix);
  try {
    await flushed(temporary, "w", (file) => file.writeFile(bytes));
    await rename(temporary, join(folder, name));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // what went wrong before says more
    throw error;
  }
  if (process.platform !== "win32") await flushed(folder, "r"); // where folders cannot be opened
};

/** What the names of files that are not whole yet end with. */
export const temporarySuffix = ".tmp";

const flushed = async (
  path: string,
  flags: string,
  work: (file: Awaited<ReturnType<typeof open>>) => Promise<void> = async () => {},
): Promise<void> => {
  const file = await open(path, flags);
  try {
    await work(file);
    await file.sync();
  } finally {
    await file.close();
  }
};
