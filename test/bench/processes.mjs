import { fork, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { dataOf } from "./workloads.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Every contender has a process of its own, so that none warms up, or spoils, another's code, and one that breaks breaks
 * alone. Requests are `{ op: "load" | "run" | "answer" }`; the clock runs inside of the process.
 * @typedef {{ ask(request: object, limit?: number): Promise<any>, end(): void }} Process
 */

/** @returns {Process} */
const asking = (send, onReply, onEnd, kill) => {
  let settle;
  onReply((reply) => settle?.(reply));
  onEnd((why) => settle?.({ failed: why }));
  const ask = (request, limit = 120) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        kill();
        settle({ failed: `no answer in ${limit} s` });
      }, limit * 1000);
      settle = (reply) => {
        clearTimeout(timer);
        settle = undefined;
        resolve(reply);
      };
      send(request);
    });
  return { ask, end: kill };
};

const ofNode = () => {
  const child = fork(here("worker.mjs"), { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let said = "";
  child.stderr.on("data", (text) => {
    said = `${said}${text}`.slice(-2000);
  });
  return asking(
    (request) => child.connected && child.send(request),
    (reply) => child.on("message", reply),
    (end) => {
      child.on("error", (error) => end(error.message));
      child.on("exit", (code, signal) =>
        end(/^\w*Error:.*/m.exec(said)?.[0] ?? `ended with ${signal ?? code}`),
      );
    },
    () => child.kill("SIGKILL"),
  );
};

const ofPython = (module) => {
  const child = spawn("/usr/bin/python3", [here(`contenders/${module}`)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said = `${said}${text}`.slice(-2000);
  });
  child.stdin.on("error", () => {}); // the end of the process is reported below
  const lines = createInterface({ input: child.stdout });
  return asking(
    (request) => child.stdin.write(`${JSON.stringify(request)}\n`),
    (reply) => lines.on("line", (line) => reply(JSON.parse(line))),
    (end) => {
      child.on("error", () => end("Python is not installed"));
      child.on("close", (code) => end(/^\w*Error:.*/m.exec(said)?.[0] ?? `ended with ${code}`));
    },
    () => child.kill("SIGKILL"),
  );
};

/** Start weights and batches in one file of floats, for processes that do not speak JavaScript. */
const writeData = (workload) => {
  const { weights, batches } = dataOf(workload);
  const parts = [
    ...weights.flatMap(({ W, b }) => [W, b]),
    ...batches.flatMap(({ x, y, indices }) => [x ?? Float32Array.from(indices), y]),
  ];
  const folder = here("../../out/bench");
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/data.f32`;
  writeFileSync(path, Buffer.concat(parts.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength))));
  return { path, batches: batches.length };
};

/** Starts a contender and lets it load a workload. */
export const start = async (contender, workload) => {
  const python = contender.module.endsWith(".py");
  const process = python ? ofPython(contender.module) : ofNode();
  const { module, variant, sparse } = contender;
  const data = python ? writeData(workload) : undefined;
  const request = data
    ? { op: "load", path: data.path, workload: { ...workload, batches: data.batches } }
    : { op: "load", workload, module, variant, sparse };
  return { process, loaded: await process.ask(request) };
};
