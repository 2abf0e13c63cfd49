import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RoundReport } from "rxgrad/scale";
import type { LearnedIds } from "./learnedIds.ts";

/** What a worker prints of a round. */
export interface Told extends Omit<RoundReport, "shared"> {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly learned: LearnedIds;
  readonly logLoss: number;
  /** The checksum of the weights behind the round. */
  readonly weights?: string;
}

/** A process that learns, and prints its rounds. */
export interface Hand {
  readonly name: string;
  /** How it ended; rejects when it failed by itself. */
  readonly ended: Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** Starts a program of this folder. It does not outlive this process. */
export const hand = (
  program: "worker" | "alone",
  name: string,
  args: readonly string[],
  told: (told: Told) => void,
): Hand => {
  const child: ChildProcess = spawn(process.execPath, [programPath(program), "--name", name, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  let complaint = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  createInterface({ input: child.stdout! }).on("line", (line) => {
    if (line.endsWith("}")) told(JSON.parse(line)); // else its writer was killed meanwhile
  });
  const ended = once(child, "close").then(([code, signal]) => {
    process.off("exit", end);
    if (code !== 0 && signal !== "SIGKILL") throw new Error(`${program} ${name} failed: ${complaint}`);
  });
  ended.catch(() => {}); // told to whoever waits for it
  return {
    name,
    ended,
    kill: async () => {
      end();
      await ended;
    },
  };
};

/** As it was compiled, also for a caller that runs from its source. */
const programPath = (program: string): string => {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const compiled = here.includes("/out/examples/") ? here : here.replace("/examples/", "/out/examples/");
  return `${compiled}${program}.js`;
};
