import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliFolder } from "../support/cli.ts";
import { csvOf, type Penguin, penguins } from "./penguins.ts";

const cli = cliFolder();
const started: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  writeFileSync(cli.path("penguins.csv"), csvOf(penguins.slice(0, 100)));
  await cli.run(["train", "penguins.csv", "--target", "Species", "--quiet"]);
});
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  cli.remove();
});

/** A server that has said where it is. */
const serving = async (...args: readonly string[]) => {
  const child = cli.start(["serve", "model.safetensors", "--port", "0", ...args]);
  started.push(child);
  let said = "";
  child.stdout.setEncoding("utf8");
  for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
    said += text;
    if (said.split("\n").length === 3) break;
  }
  const url = /http:\/\/\S+/.exec(said)![0];
  const send = async (path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(
      url + path,
      body === undefined ? { headers } : { method: "POST", body: text, headers },
    );
    return {
      status: response.status,
      text: await response.text(),
      type: response.headers.get("content-type"),
    };
  };
  const json = async (path: string, body?: unknown) => {
    const { status, text } = await send(path, body);
    return { status, ...JSON.parse(text) };
  };
  const ended = async (signal: NodeJS.Signals) => {
    const exit = once(child, "exit");
    child.kill(signal);
    return (await exit)[0];
  };
  return { said, url, send, json, ended };
};

const event = ({ Species: _, ...others }: Penguin) => others;
const [first, second] = penguins.slice(100) as [Penguin, Penguin];

test("rxgrad serve answers what rxgrad predict says, alone, in lists and in lines", async () => {
  const { send, ended, said } = await serving();
  expect(said).toMatch(
    /^rxgrad serves model\.safetensors at http:\/\/127\.0\.0\.1:\d+\nIt has learned 100 rows, learns in memory alone; --checkpoint keeps it\.\n$/,
  );
  const some = penguins.slice(100, 160).map(event);
  const { stdout } = await cli.run(
    ["predict", "model.safetensors", "-", "--format", "ndjson", "--probabilities"],
    some.map((one) => JSON.stringify(one)).join("\n"),
  );
  const expected = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const withoutId = ({ id, ...others }: { id: unknown }) => {
    expect(id).toMatch(/^[\da-f-]{36}$/);
    return others;
  };
  const list = await send("/predict", some);
  expect([list.status, list.type]).toEqual([200, "application/json"]);
  expect(JSON.parse(list.text).map(withoutId)).toEqual(expected);
  const lines = await send("/predict", some.map((one) => `${JSON.stringify(one)}\n`).join(""));
  expect([lines.status, lines.type]).toEqual([200, "application/x-ndjson"]);
  expect(
    lines.text
      .trimEnd()
      .split("\n")
      .map((line) => withoutId(JSON.parse(line))),
  ).toEqual(expected);
  const one = await send("/predict", some[0]);
  expect(withoutId(JSON.parse(one.text))).toEqual(expected[0]);
  expect(await ended("SIGTERM")).toBe(0);
});

test("rxgrad serve learns from labels, once each", async () => {
  const { json, ended } = await serving();
  const { id, prediction } = await json("/predict", event(first));
  expect(await json("/health")).toMatchObject({ status: "ok", learned: 100, waiting: 1, predictions: 1 });
  expect(await json("/labels", { id, label: first.Species })).toEqual({ status: 200, id, learned: 101 });
  expect(await json("/labels", { id, label: first.Species })).toEqual({
    status: 409,
    id,
    error: "this prediction has its label already",
  });
  expect(await json("/labels", { id: "another", label: "Gentoo" })).toEqual({
    status: 404,
    id: "another",
    error: "no prediction with this id waits for a label",
  });
  const before = await json("/predict", event(second));
  for (let i = 0; i < 20; i++)
    expect((await json("/learn", { ...event(second), Species: "Emperor" })).status).toBe(200);
  const after = await json("/predict", event(second));
  expect(after.prediction).toBe("Emperor");
  expect([prediction, before.prediction]).not.toContain("Emperor");
  expect(await json("/health")).toMatchObject({ learned: 121 });
  expect(await ended("SIGINT")).toBe(130);
});

test("rxgrad serve gives up predictions for which there is no room, and says so to their labels", async () => {
  const { json } = await serving("--waiting", "1", "--key", "order");
  expect(await json("/predict", { order: "a", ...event(first) })).toMatchObject({ id: "a" });
  expect(await json("/predict", { order: "a", ...event(first) })).toMatchObject({ id: "a", repeated: true });
  expect(await json("/predict", { order: "b", ...event(first) })).toMatchObject({ id: "b" });
  expect(await json("/labels", { key: "a", label: "Gentoo" })).toEqual({
    status: 410,
    id: "a",
    error: "this prediction has waited too long for its label",
  });
  expect(await json("/labels", { key: "b", label: "Gentoo" })).toEqual({
    status: 200,
    id: "b",
    learned: 101,
  });
  expect(await json("/predict", event(first))).toEqual({
    status: 400,
    error: "event: expects a text or a number as order, got none",
  });
});

test("rxgrad serve refuses what it cannot read, changes nothing, and goes on", async () => {
  const { json, send, url } = await serving();
  const bad: readonly (readonly [path: string, body: unknown, status: number, error: string])[] = [
    [
      "/predict",
      { "Beak Length (mm)": "old" },
      400,
      'event: column "Beak Length (mm)" expects a number, got "old"',
    ],
    ["/predict", 7, 400, "event: expects a JSON object, got 7"],
    ["/predict", "{", 400, "body: expects JSON, got"],
    ["/predict", '{"a":1,"a":2}', 400, 'body: expects JSON, got "a" twice'],
    ["/predict", '{"__proto__":{"Island":"Biscoe"}}', 400, "event: expects values of Island, "],
    ["/predict", "[".repeat(100), 400, "body: expects JSON, got more than 20 levels"],
    ["/predict", "", 400, "body: expects JSON, got nothing"],
    ["/predict", `"${"x".repeat(9 * 2 ** 20)}"`, 413, "body: expects at most 8388608 bytes"],
    ["/labels", { id: "a" }, 400, 'label: expects { "id": …, "label": … }, got "id"'],
    ["/labels", { label: "a" }, 400, 'label: expects { "id": …, "label": … }, got "label"'],
    [
      "/labels",
      { event: "x", label: "a" },
      400,
      'label: expects { "id": …, "label": … }, got "event", "label"',
    ],
    ["/labels", { id: "x", lable: "a" }, 400, 'label: expects { "id": …, "label": … }, got "id", "lable"'],
    ["/labels", { id: "x", label: null }, 400, 'label: expects { "id": …, "label": … }, got an empty one'],
    ["/labels", { id: true, label: "a" }, 400, "event: expects a text or a number as id, got true"],
    ["/labels", 7, 400, 'label: expects { "id": …, "label": … }, got 7'],
    [
      "/learn",
      { Island: "Dream", species: "a" },
      400,
      'event: expects its label as "Species", got "Island", "species"',
    ],
    [
      "/predict",
      { iland: "Dream" },
      400,
      "event: expects values of Island, Beak Length (mm), Beak Depth (mm),",
    ],
    ["/predict", {}, 400, "event: expects values of Island, "],
    ["/elsewhere", {}, 404, "nothing is here; GET / tells what there is"],
    ["/health", {}, 405, "expects GET"],
  ];
  for (const [path, body, status, error] of bad) {
    const reply = await json(path, body);
    expect([path, reply.status]).toEqual([path, status]);
    expect(reply.error.slice(0, error.length)).toBe(error);
  }
  expect(await json("/predict")).toMatchObject({ status: 405, error: "expects POST" });
  expect((await send("/health", undefined, { origin: "http://elsewhere.example" })).status).toBe(403);
  expect(await statusAs(url, "elsewhere.example")).toBe(403);
  expect(await statusAs(url, "localhost:80")).toBe(200);
  const typed = async (headers: Readonly<Record<string, string>>) => {
    const { status, text } = await send("/predict", event(first), headers);
    return [status, JSON.parse(text).error];
  };
  expect(await typed({ "content-type": "text/csv" })).toEqual([
    415,
    "body: expects application/json, got text/csv as content-type",
  ]);
  expect(await typed({ "content-encoding": "gzip" })).toEqual([
    415,
    "body: expects no content-encoding, got gzip",
  ]);
  const none = await send("/labels", [{ id: "x", lable: "a" }, 7]);
  expect([none.status, JSON.parse(none.text).length]).toEqual([400, 2]);
  const mixed = await send("/predict", [event(first), 7]);
  expect(JSON.parse(mixed.text)).toMatchObject([{ prediction: first.Species }, { status: 400 }]);
  expect(await json("/health")).toMatchObject({ status: "ok", learned: 100, waiting: 1 });
});

/** The status of a request that names another host, which fetch does not let through. */
const statusAs = (url: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(`${url}/health`, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on("error", reject)
      .end();
  });

test("rxgrad serve names the columns that an event leaves out", async () => {
  const { json } = await serving();
  const { Sex: _, ...others } = event(first);
  expect(await json("/predict", others)).toMatchObject({ status: 200, missing: ["Sex"] });
  const whole = await json("/predict", { ...others, Sex: null });
  expect([whole.status, "missing" in whole]).toEqual([200, false]);
});

test("rxgrad serve answers bodies without end, and takes no more of them", async () => {
  const { url, json } = await serving();
  const endless = await new Promise<readonly [number | undefined, string]>((resolve, reject) => {
    const asked = request(`${url}/predict`, { method: "POST" }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      asked.destroy();
      resolve([response.statusCode, text]);
    }).on("error", reject);
    const more = (): void => {
      while (!asked.destroyed && asked.write(Buffer.alloc(2 ** 20, "x")));
    };
    asked.on("drain", more);
    more();
  });
  expect(endless).toEqual([413, '{"error":"body: expects at most 8388608 bytes"}\n']);
  expect(await json("/health")).toMatchObject({ status: "ok", predictions: 0 });
});

test("rxgrad serve tells its metrics to Prometheus", async () => {
  const { json, send } = await serving();
  for (const one of penguins.slice(100, 130)) {
    const { id } = await json("/predict", event(one));
    await json("/labels", { id, label: one.Species });
  }
  await json("/predict", 7);
  const { text, type } = await send("/metrics");
  expect(type).toBe("text/plain; version=0.0.4; charset=utf-8");
  const model = 'model="Species"';
  expect(text).toContain(`# TYPE rxgrad_predictions_total counter\nrxgrad_predictions_total{${model}} 30\n`);
  expect(text).toContain(`# TYPE rxgrad_labels_pending gauge\nrxgrad_labels_pending{${model}} 0\n`);
  expect(text).toContain(`rxgrad_rows_learned_total{${model}} 130\n`);
  expect(text).toContain(`rxgrad_labels_total{${model},outcome="joined"} 30\n`);
  expect(text).toContain('rxgrad_requests_total{path="/predict",status="400"} 1\n');
  expect(Number(/rxgrad_metric\{model="Species",metric="accuracy"\} (\S+)/.exec(text)![1])).toBeGreaterThan(
    0.8,
  );
  expect(text).toContain(`rxgrad_baseline{${model},metric="accuracy",baseline="usual"}`);
  expect(
    text
      .split("\n")
      .every((line) => /^(?:# HELP \w+ .+|# TYPE \w+ \w+|\w+(?:\{[^}]*\})? -?[\d.e+-]+|)$/.test(line)),
  ).toBe(true);
  expect((await send("/")).text).toContain("POST /labels");
});

test("rxgrad serve answers others while it learns a long list", async () => {
  const { json, send } = await serving();
  const order: string[] = [];
  const long = Array.from({ length: 5000 }, (_, i) => penguins[i % 344]!);
  const learned = send("/learn", long).then(() => order.push("learned"));
  for (let asked = 0; asked < 3; asked++) {
    await json("/predict", event(first));
    order.push("answered");
  }
  await learned;
  expect(order).toEqual(["answered", "answered", "answered", "learned"]);
  expect(await json("/health")).toMatchObject({ learned: 5100 });
});

test("rxgrad serve goes on from its checkpoint after a kill, with what waited for labels", async () => {
  const before = await serving("--checkpoint", "kept", "--every", "1");
  const { id } = await before.json("/predict", event(first));
  for (const one of penguins.slice(100, 140)) await before.json("/learn", one);
  let health = await before.json("/health");
  while (health.checkpoint !== 140) health = await before.json("/health");
  const asked = await before.json("/predict", event(second));
  await before.ended("SIGKILL");
  const after = await serving("--checkpoint", "kept", "--every", "1");
  expect(after.said).toContain("It has learned 140 rows, learns and keeps it in kept.\n");
  const again = await after.json("/predict", event(second));
  expect(again.probabilities).toEqual(asked.probabilities);
  expect(await after.json("/labels", { id, label: first.Species })).toEqual({
    status: 200,
    id,
    learned: 141,
  });
  expect(await after.ended("SIGTERM")).toBe(0);
  const last = await serving("--checkpoint", "kept");
  expect(await last.json("/health")).toMatchObject({ learned: 141 });
});

test("rxgrad serve keeps all at its end, and refuses checkpoints of another model", async () => {
  const before = await serving("--checkpoint", "ended");
  await before.json("/learn", first);
  expect(await before.ended("SIGTERM")).toBe(0);
  expect((await serving("--checkpoint", "ended")).said).toContain("It has learned 101 rows");
  await cli.run(["train", "penguins.csv", "--target", "Island", "--quiet", "--model", "other.safetensors"]);
  const { code, stderr } = await cli.run(["serve", "other.safetensors", "--checkpoint", "ended"]);
  expect([code, stderr]).toEqual([
    1,
    "rxgrad: ended holds checkpoints of another model than other.safetensors; give it a folder of its own\n",
  ]);
});

test("rxgrad serve says when its port is in use", async () => {
  const { url } = await serving();
  const { port } = new URL(url);
  expect(await cli.run(["serve", "model.safetensors", "--port", port])).toEqual({
    code: 1,
    stdout: "",
    stderr: `rxgrad: port ${port} of 127.0.0.1 is in use; --port 0 finds a free one\n`,
  });
});
