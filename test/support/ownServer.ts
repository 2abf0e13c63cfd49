import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** A server that a test has started: on a free port of the loopback, with a folder of its own. */
export interface OwnServer {
  readonly port: number;
  /** Ends it as a crash would: SIGKILL, nothing is flushed. */
  kill(): Promise<void>;
  /** Starts it once more, on the same port and folder. */
  restart(): Promise<void>;
  /** Ends it, and deletes its folder. */
  stop(): Promise<void>;
}

/** Starts a server, and waits until it accepts connections. */
export const ownServer = async (
  command: string,
  argumentsOf: (port: number, folder: string) => readonly string[],
): Promise<OwnServer> => {
  const folder = mkdtempSync(join(tmpdir(), `rxgrad-${basename(command)}-`));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const end = (): void => void child?.kill("SIGKILL");
  const start = async (): Promise<void> => {
    const [program, ...args] = [...leash, command, ...argumentsOf(port, folder)];
    const started = spawn(program!, args, { stdio: "ignore", cwd: folder });
    child = started;
    for (let tries = 0; !(await accepts(port)); tries++) {
      if (started.exitCode !== null || tries === 1000) throw new Error(`${command} did not start on ${port}`);
      await wait(10);
    }
  };
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    end();
    await exited;
  };
  process.once("exit", end);
  await start();
  return {
    port,
    kill,
    restart: start,
    stop: async () => {
      process.off("exit", end);
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Whether a command is installed. */
export const hasCommand = (command: string): boolean => {
  try {
    execFileSync("sh", ["-c", `command -v ${command}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** Where Linux can: a server ends with the test's process, also when that is killed. */
const leash = hasCommand("setpriv") ? ["setpriv", "--pdeathsig", "KILL"] : [];

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((answer) => {
    const socket = connect(port, "127.0.0.1");
    const tell = (yes: boolean) => () => {
      socket.destroy();
      answer(yes);
    };
    socket.once("connect", tell(true)).once("error", tell(false));
  });
