import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliFolder } from "../support/cli.ts";
import { hasNatsServer, natsServer } from "../support/natsServer.ts";
import { needs } from "../support/needs.ts";
import { csvOf, penguins } from "./penguins.ts";

const cli = cliFolder();
const started: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  writeFileSync(cli.path("penguins.csv"), csvOf(penguins));
  await cli.run(["train", "penguins.csv", "--target", "Species", "--quiet"]);
});
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  cli.remove();
});

interface Line {
  readonly round: number;
  readonly rows: number;
  readonly members: readonly string[];
  readonly left: Readonly<Record<string, number>>;
}

/** A process, what it wrote, and how it ended. */
const start = (...args: readonly string[]) => {
  const child = cli.start(args);
  started.push(child);
  const lines: Line[] = [];
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{") && line.endsWith("}")) lines.push(JSON.parse(line));
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, complaint }));
  return { child, lines, ended };
};

const subjects = ["penguins.0", "penguins.1"] as const;

test("rxgrad worker learns each event once with others, of which one is killed, and rxgrad serve answers with their versions", async (context) => {
  needs(context, "nats-server", hasNatsServer);
  const server = await natsServer();
  const connection = await connect({ servers: server.servers });
  try {
    const js = jetstream(connection);
    const publish = async (events: readonly unknown[]): Promise<void> => {
      for (const [i, event] of events.entries()) await js.publish(subjects[i % 2]!, JSON.stringify(event));
    };
    const shared = ["--nats", server.servers, "--stream", "penguins", "--subjects", subjects.join(",")];
    const worker = (name: string) =>
      start(
        ...["worker", ...shared, "--create", "--name", name, "--workers", "2", "--json"],
        ...["--every", "2", "--batch", "4", "--checkpoint-every", "2", "--timeout", "2"],
      );
    const first = worker("a");
    let second = worker("b");
    const ready = { msgID: "first" }; // the stream listens a moment after it is there
    while (!(await js.publish(subjects[0], JSON.stringify(penguins[0]), ready).catch(() => undefined)))
      await wait(20);
    await publish(penguins);
    const rows = (): number => first.lines.at(-1)?.rows ?? 0;
    const reaches = async (count: number): Promise<void> => {
      while (rows() < count) {
        if (first.child.exitCode !== null) throw new Error((await first.ended).complaint);
        await wait(10);
      }
    };
    await reaches(100);
    second.child.kill("SIGKILL");
    await second.ended;
    second = worker("b");
    await publish(penguins);
    await publish([{ Species: "Dodo" }, { nothing: 1 }]);
    const all = 2 * penguins.length + 3;
    await reaches(all);
    expect(rows()).toBe(all);
    expect(first.lines.map(({ round }) => round)).toEqual(
      first.lines.map((_, i) => i + first.lines[0]!.round),
    );
    expect(first.lines.some(({ members }) => members.length === 2)).toBe(true);

    const serving = cli.start(["serve", "model.safetensors", "--nats", server.servers, "--port", "0"]);
    started.push(serving);
    const [said] = (await once(serving.stdout, "data")) as [Buffer];
    const url = /http:\/\/\S+/.exec(said.toString())![0];
    const get = async (path: string) => (await fetch(url + path)).json();
    while ((await get("/health")).round === null) await wait(10);
    const health = await get("/health");
    expect(health.learned).toBeGreaterThan(0);
    expect(health.learned).toBeLessThanOrEqual(all);
    const answers = await Promise.all(
      penguins.slice(0, 60).map(async ({ Species, ...event }) => {
        const answer = await fetch(`${url}/predict`, { method: "POST", body: JSON.stringify(event) });
        return (await answer.json()).prediction === Species;
      }),
    );
    expect(answers.filter(Boolean).length).toBeGreaterThan(50);
    const refused = await fetch(`${url}/learn`, { method: "POST", body: JSON.stringify(penguins[0]) });
    expect(refused.status).toBe(409);
    const exit = once(serving, "exit");
    serving.kill("SIGTERM");
    expect((await exit)[0]).toBe(0);

    for (const one of [second, first]) {
      one.child.kill("SIGTERM");
      expect(await one.ended).toEqual({ code: 0, complaint: "" });
    }
  } finally {
    await connection.close();
    await server.stop();
  }
});

test("rxgrad worker says in one line what is missing", async (context) => {
  needs(context, "nats-server", hasNatsServer);
  const server = await natsServer();
  try {
    const common = ["worker", "--stream", "none", "--subjects", "a,b"];
    const lost = await cli.run([...common, "--nats", server.servers]);
    expect(lost).toMatchObject({ code: 1, stdout: "" });
    expect(lost.stderr).toMatch(
      /^rxgrad: the stream none cannot be read: stream not found; --create makes it\n$/,
    );
    const none = await cli.run([...common, "--nats", "127.0.0.1:1"]);
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/^rxgrad: no NATS server answers at 127\.0\.0\.1:1: .*\n$/);
    const file = await cli.run([...common, "--model", "nowhere.safetensors"]);
    expect(file.stderr).toBe("rxgrad: nowhere.safetensors: there is no such file\n");
    const every = await cli.run([...common, "--every", "often"]);
    expect(every.code).toBe(2);
    expect(every.stderr).toContain("auto or a whole number");
  } finally {
    await server.stop();
  }
});
