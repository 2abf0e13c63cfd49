import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliFolder, cliProgram } from "../support/cli.ts";
import { needs } from "../support/needs.ts";

const cli = cliFolder();
const script = (() => {
  try {
    return execFileSync("script", ["--version"], { encoding: "utf8" }).includes("util-linux");
  } catch {
    return false;
  }
})();

beforeAll(async () => {
  const rows = Array.from(
    { length: 200_000 },
    (_, i) => `${i % 77},${i % 2 ? "Oslo" : "Rome"},${(i % 77) * 2}`,
  );
  writeFileSync(cli.path("long.csv"), `age,city,y\n${rows.join("\n")}\n`);
  writeFileSync(cli.path("short.csv"), `age,city,y\n${rows.slice(0, 500).join("\n")}\n`);
  await cli.run(["train", "short.csv", "--target", "y"]);
});
afterAll(() => cli.remove());

test("rxgrad train shows its progress at a terminal, and Ctrl-C keeps what was learned", async (context) => {
  needs(context, "script", script);
  const command = `stty cols 80; ${process.execPath} ${cliProgram} train long.csv --target y --model cut.safetensors`;
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: cli.dir });
  const exit = once(child, "exit");
  let shown = "";
  for await (const chunk of child.stdout) {
    const before = shown;
    shown += chunk;
    const learning = /\d{3,} rows {2}\d+ rows\/s/;
    if (learning.test(shown) && !learning.test(before)) child.stdin.write("\x03");
  }
  expect((await exit)[0]).toBe(130);
  const [, rows] = /Interrupted after (\d+) rows/.exec(shown)!;
  expect(Number(rows)).toBeLessThan(200_000);
  const { stdout } = await cli.run(["inspect", "cut.safetensors", "--json"]);
  expect(JSON.parse(stdout).model.learned).toBe(Number(rows));
});

test("rxgrad train shows no progress where there is no terminal", async () => {
  const { code, stderr } = await cli.run(["train", "short.csv", "--target", "y"]);
  expect([code, stderr]).toEqual([0, ""]);
});

test("rxgrad predict ends in silence when nobody reads on", async () => {
  const child = cli.start(["predict", "model.safetensors", "long.csv"]);
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const exit = once(child, "exit");
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect([(await exit)[0], stderr]).toEqual([0, ""]);
});

test("rxgrad predict answers a row before the next one comes", async () => {
  const child = cli.start(["predict", "model.safetensors", "-"]);
  child.stdin.write('{"age":1,"city":"Oslo"}\n');
  let said = "";
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (said.split("\n").length === 3) break;
  }
  child.stdin.end('{"age":2,"city":"Rome"}\n');
  for await (const chunk of child.stdout) said += chunk;
  expect(said.trimEnd().split("\n").length).toBe(3);
});

test("rxgrad predict tells of a disk that is full", async (context) => {
  needs(context, "/dev/full", existsSync("/dev/full"));
  const { code, stderr } = await cli.run(["predict", "model.safetensors", "long.csv", "--out", "/dev/full"]);
  expect([code, stderr]).toEqual([1, "rxgrad: there is no space left on the disk\n"]);
  // standard output, and standard error too
  const line = `"$0" "$1" predict model.safetensors long.csv >/dev/full`;
  for (const [own, told] of [
    [line, "rxgrad: there is no space left on the disk\n"],
    [`${line} 2>/dev/full`, ""],
  ] as const) {
    const ran = spawnSync("sh", ["-c", own, process.execPath, cliProgram], {
      cwd: cli.dir,
      encoding: "utf8",
    });
    expect([ran.status, ran.stderr]).toEqual([1, told]);
  }
});
