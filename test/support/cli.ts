import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../dist/bundle/cli/rxgrad.js", import.meta.url));

/** How a run of the program ended, and what it wrote. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder in which the built program runs, as at a terminal. */
export interface CliFolder {
  readonly dir: string;
  path(name: string): string;
  /** Runs to its end; `input` is what stands on standard input. */
  run(args: readonly string[], input?: string | Buffer): Promise<Ran>;
  start(args: readonly string[]): ChildProcessWithoutNullStreams;
  remove(): void;
}

export const cliFolder = (): CliFolder => {
  const dir = mkdtempSync(join(tmpdir(), "rxgrad-cli-"));
  const start: CliFolder["start"] = (args) =>
    spawn(process.execPath, [program, ...args], { cwd: dir, env: { ...process.env, DEBUG: undefined } });
  return {
    dir,
    path: (name) => join(dir, name),
    start,
    run: (args, input = "") =>
      new Promise((resolve, reject) => {
        const child = start(args);
        const told = { stdout: "", stderr: "" };
        for (const name of ["stdout", "stderr"] as const)
          child[name].setEncoding("utf8").on("data", (text: string) => {
            told[name] += text;
          });
        child.stdin.on("error", () => {}); // it need not be read
        child.stdin.end(input);
        child.on("error", reject).on("close", (code) => resolve({ code, ...told }));
      }),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
};

/** The path of the built program. */
export const cliProgram: string = program;
