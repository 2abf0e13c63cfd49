// Measures what the simulation stands on, and writes measured.json. It wants a machine that does nothing else, `npm run build`:
// node test/simulation/measure.mjs [--only costs|workers]
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { learner, matrix } from "rxgrad";
import { jetStreamInput, natsLog } from "rxgrad/nats";
import { learnFrom, memoryLog } from "rxgrad/scale";
import { compressor } from "../../dist/scale/compression.js";
import { deltaOf } from "../../dist/scale/deltaOf.js";
import { readMessage, writeMessage } from "../../dist/scale/message.js";
import { outerStep } from "../../dist/scale/outerStep.js";
import { batch, decode, flightOf, lateness, loss, optimizer, parts, sampleOf, subjects } from "./flights.mjs";

const file = new URL("measured.json", import.meta.url);
const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const quantile = (numbers, q) =>
  sorted(numbers)[Math.min(numbers.length - 1, Math.floor(q * numbers.length))];
const median = (numbers) => quantile(numbers, 0.5);
const rounded = (x) => Number(x.toPrecision(4));

/** Milliseconds of this process's CPU, of all its threads. */
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Milliseconds of a process's CPU. */
const cpuOf = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
};

/** Milliseconds of all cores' work since the machine began, stolen ones among them. */
const allCpu = () => {
  const [, user, nice, system, , , irq, soft, steal] = readFileSync("/proc/stat", "utf8")
    .split(/\s+/)
    .map(Number);
  return 10 * (user + nice + system + irq + soft + steal);
};

const natsServer = async () => {
  const folder = mkdtempSync(join(tmpdir(), "rxgrad-simulation-"));
  const port = 20_000 + (process.pid % 20_000);
  const child = spawn("nats-server", ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", folder], {
    stdio: "ignore",
  });
  const servers = `127.0.0.1:${port}`;
  const opened = [];
  const open = async () => {
    for (let tries = 0; ; tries++)
      try {
        opened.push(await connect({ servers }));
        return opened.at(-1);
      } catch (error) {
        if (tries === 50) throw error;
        await wait(50);
      }
  };
  await open();
  const stop = async () => {
    for (const connection of opened) await connection.close();
    child.kill("SIGKILL");
    await wait(100);
    rmSync(folder, { recursive: true, force: true });
  };
  return { servers, open, stop, pid: child.pid };
};

const publishFlights = async (connection, count) => {
  const js = jetstream(connection);
  const manager = await js.jetstreamManager();
  await manager.streams.add({ name: "flights", subjects: ["flights.*"] });
  for (let i = 0; i < count; ) {
    const burst = [];
    for (const end = Math.min(count, i + 1000); i < end; i++)
      burst.push(js.publish(`flights.${i % parts}`, flightOf(i)));
    await Promise.all(burst);
  }
};
const rowsOf = (samples) => ({
  x: matrix(samples.map(({ x }) => x)),
  y: matrix(samples.map(({ y }) => [y])),
});

/** Milliseconds of a step of the flights network, by width. */
const steps = () =>
  [32, 256, 967].map((hidden) => {
    const net = lateness(hidden);
    const one = learner(net, { loss, optimizer: optimizer() });
    const samples = Array.from({ length: batch }, (_, i) => sampleOf(decode(flightOf(i))));
    const times = [];
    const learn = (count) => {
      for (let i = 0; i < count; i++) {
        const began = performance.now();
        one.learnBatch(rowsOf(samples));
        times.push(performance.now() - began);
      }
    };
    learn(hidden > 500 ? 20 : 200);
    times.length = 0;
    const before = cpu();
    learn(hidden > 500 ? 100 : 1000);
    const mean = (cpu() - before) / times.length;
    const p50 = median(times);
    const tail = [0.1, 0.5, 0.9, 0.95, 0.99].map((q) => rounded(quantile(times, q) / p50));
    return { weights: net.weights.values.data.length, cpu: rounded(mean), p50: rounded(p50), tail };
  });

/** Milliseconds of writing a message, of reading one, and of its part in closing a round. */
const messages = () =>
  [10_000, 100_000, 1_000_000].flatMap((weights) =>
    ["none", "int8"].map((compress) => {
      const change = Float32Array.from({ length: weights }, (_, i) => Math.sin(i * 12.9898) ** 3 / 100);
      const code = compress === "int8" ? compressor("measure", "int8") : undefined;
      const statistics = { airports: {}, learned: {}, logLoss: {} };
      const about = {
        kind: "delta",
        plan: "dense(51, 256)".repeat(20),
        incarnation: 1,
        round: 1,
        base: 1,
        epoch: 1,
      };
      const counts = {
        samples: 512,
        steps: 16,
        loss: 1,
        positions: new Map(subjects.map((s) => [s, 1])),
        ended: [],
      };
      const empty = new Float32Array(0);
      const make = () => {
        const coded = code?.(change) ?? { kind: "weights", values: change.slice() };
        return writeMessage({
          ...about,
          ...counts,
          coded,
          buffers: empty,
          statistics,
          times: { step: 1, exchange: 1 },
        });
      };
      const bytes = make();
      const state = new Float32Array(weights);
      const zero = new Float64Array(0);
      const delta = deltaOf(readMessage(bytes), state, empty);
      const times = (run) => {
        const all = [];
        const until = performance.now() + 700;
        for (let n = 0; n < 5 || performance.now() < until; n++) {
          const began = performance.now();
          run();
          all.push(performance.now() - began);
        }
        return rounded(quantile(all, 0.2)); // the slower ones have waited for others
      };
      return {
        ...{ weights, compress, bytes: bytes.length },
        write: times(make),
        read: times(() => deltaOf(readMessage(bytes), state, empty)),
        close: rounded(
          times(() =>
            outerStep(state, zero, [delta, delta, delta, delta], { rate: 1, momentum: 0, nesterov: false }),
          ) / 4,
        ),
        copy: times(() => state.slice()),
      };
    }),
  );

/** Publishing to the log and reading it: latency, and the CPU of server and client. */
const log = async (server) => {
  const writerSide = await server.open();
  const readerSide = await server.open();
  const rows = [];
  for (const [size, count] of [
    [2_000, 200],
    [40_000, 150],
    [400_000, 60],
    [900_000, 40],
    [4_000_000, 12],
  ]) {
    const name = `log${size}`;
    const writer = natsLog(writerSide, { name });
    const reader = natsLog(readerSide, { name });
    const body = Uint8Array.from({ length: size }, (_, i) => (i * 31) & 255);
    const large = size > writer.maxBody;
    let expected = 0;
    const append = async (i) => {
      if (large) await writer.putBlob(`blob${i}`, body);
      expected = await writer.append("a", large ? body.slice(0, 500) : body, { expected, id: String(i) });
    };
    for (let i = 0; i < 5; i++) await append(-i);
    const alone = { cpu: cpu(), server: cpuOf(server.pid), at: performance.now() };
    for (let i = 1; i <= count; i++) await append(i);
    const writing = {
      wall: (performance.now() - alone.at) / count,
      cpu: (cpu() - alone.cpu) / count,
      server: (cpuOf(server.pid) - alone.server) / count,
    };
    const stop = new AbortController();
    let seen = () => {};
    const follow = async () => {
      for await (const _ of reader.read(expected + 1, stop.signal)) {
        if (large) await reader.getBlob("blob1");
        seen();
      }
    };
    const following = follow();
    await wait(100);
    const times = [];
    const both = { cpu: cpu(), server: cpuOf(server.pid) };
    for (let i = 1; i <= count; i++) {
      const came = new Promise((resolve) => {
        seen = resolve;
      });
      const began = performance.now();
      await append(count + i);
      await came;
      times.push(performance.now() - began);
    }
    const share = { cpu: (cpu() - both.cpu) / count, server: (cpuOf(server.pid) - both.server) / count };
    stop.abort();
    await following;
    rows.push({
      size,
      append: rounded(writing.wall),
      p50: rounded(median(times)),
      p95: rounded(quantile(times, 0.95)),
      writer: rounded(writing.cpu),
      reader: rounded(Math.max(0, share.cpu - writing.cpu)),
      storing: rounded(writing.server),
      delivering: rounded(Math.max(0, share.server - writing.server)),
    });
  }
  return rows;
};

/** CPU of an event on its way in: of the server and of the client; and of a worker that learns from memory, without its steps. */
const events = async (server) => {
  const count = 60_000;
  const connection = await server.open();
  await publishFlights(connection, count);
  const input = jetStreamInput(connection, { stream: "flights", subjects, decode });
  const before = { cpu: cpu(), server: cpuOf(server.pid), at: performance.now() };
  const reading = subjects.map(async (subject) => {
    let left = count / parts;
    for await (const _ of input.open(subject, undefined, new AbortController().signal))
      if (--left === 0) return;
  });
  await Promise.all(reading);
  const client = (cpu() - before.cpu) / count;
  const broker = (cpuOf(server.pid) - before.server) / count;
  const flights = Array.from({ length: count }, (_, i) => decode(flightOf(i)));
  const memory = {
    partitions: ["0"],
    async *open() {
      for (const [position, value] of flights.entries())
        yield { value, partition: "0", position, isAfter: (p) => position > p, ack: () => {} };
    },
  };
  let began = 0;
  let learned = 0;
  await new Promise((resolve, reject) => {
    learnFrom(memory, {
      ...{
        log: memoryLog().client(),
        worker: "a",
        model: lateness(256),
        loss,
        optimizer: optimizer(),
        every: 256,
      },
      samples: sampleOf,
    }).subscribe({
      next: ({ round, samples }) => {
        if (round === 1) began = cpu(); // the compiler has done its work by then
        if (round < 2) return;
        learned += samples;
      },
      error: reject,
      complete: resolve,
    });
  });
  return { read: rounded(client), broker: rounded(broker), learn: rounded((cpu() - began) / learned) };
};

/** How fast each of two processes learns, as a part of how fast one does alone. */
const together = async () => {
  const run = async (count) => {
    const speeds = Array.from({ length: count }, async () => {
      const child = spawn(process.execPath, [process.argv[1], "--spin"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      for await (const chunk of child.stdout) text += chunk;
      return Number(text);
    });
    return (await Promise.all(speeds)).reduce((a, b) => a + b) / count;
  };
  return rounded((await run(2)) / (await run(1)));
};
const spin = () => {
  const one = learner(lateness(256), { loss, optimizer: optimizer() });
  const samples = Array.from({ length: batch }, (_, i) => sampleOf(decode(flightOf(i))));
  const until = performance.now() + 3000;
  let count = 0;
  const cpuBegan = cpu();
  for (; performance.now() < until; count++) one.learnBatch(rowsOf(samples));
  console.log(count / (cpu() - cpuBegan)); // by its own CPU time: what others use does not count
};

/** Real workers in processes of their own: events in a second, and what else the machine did meanwhile. */
const learnTogether = async (server, workers, until) => {
  const program = new URL("measuredWorker.mjs", import.meta.url).pathname;
  const log = `run${workers}x${Date.now()}`;
  const rounds = [];
  const children = [];
  const own = () => cpu() + [server, ...children].reduce((sum, { pid }) => sum + cpuOf(pid), 0);
  let events = 0;
  const ends = Array.from({ length: workers }, async (_, i) => {
    const args = [program, server.servers, log, `w${i}`, String(workers)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    for await (const line of createInterface({ input: child.stdout })) {
      if (i > 0 || !line.endsWith("}") || events >= until) continue;
      const { at, samples, time, steps } = JSON.parse(line);
      events += samples;
      rounds.push({ at, events, time, steps, machine: allCpu(), own: own() });
      if (events >= until) for (const one of children) one.kill("SIGKILL");
    }
  });
  await Promise.all(ends);
  const from = rounds.find(({ events }) => events >= 0.4 * until);
  const to = rounds.at(-1);
  const ms = to.at - from.at;
  const others = Math.max(0, to.machine - from.machine - (to.own - from.own)) / ms;
  return {
    ...{ workers, throughput: rounded((1000 * (to.events - from.events)) / ms), rounds: rounds.length },
    ...{
      steps: to.steps / workers,
      others: rounded(others),
      cpu: rounded((to.own - from.own) / (to.events - from.events)),
    },
  };
};

const measured = () => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
};

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    spin: { type: "boolean" },
    events: { type: "string", default: "200000" },
    repeat: { type: "string", default: "3" },
  },
});
if (values.spin) spin();
else {
  const known = measured();
  const server = await natsServer();
  const about = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores, ${cpus()[0].model}, Node ${process.version}`,
  };
  if (values.only !== "workers") {
    known.costs = {
      ...about,
      together: await together(),
      steps: steps(),
      messages: messages(),
      log: await log(server),
      events: await events(server),
    };
    writeFileSync(file, `${JSON.stringify(known, null, 2)}\n`);
  }
  if (values.only !== "costs") {
    const connection = await server.open();
    const until = Number(values.events);
    if (values.only === "workers") await publishFlights(connection, 1.5 * until);
    const runs = [];
    for (let i = 0; i < Number(values.repeat); i++)
      for (const workers of [1, 2, 4]) {
        runs.push(await learnTogether(server, workers, until));
        console.log(runs.at(-1));
      }
    known.workers = { ...about, batch, partitions: parts, runs };
    writeFileSync(file, `${JSON.stringify(known, null, 2)}\n`);
  }
  await server.stop();
}
