import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { load, random } from "rxgrad";
import { resume } from "rxgrad/node";
import { training } from "./scenarios.mjs";

const child = fileURLToPath(new URL("./killed.mjs", import.meta.url));

/** What a life has told before its end; a line that was cut off does not count. */
const told = (folder, life) => {
  const path = join(folder, `life-${life}`);
  try {
    return readFileSync(path, "utf8").split("\n").slice(0, -1);
  } catch {
    return [];
  }
};

/** Lets a training live once, and kills it after a while, if that is given; the while begins when it tells its first line. */
const live = (folder, life, setting, batches, patience) =>
  new Promise((ended, failed) => {
    const one = spawn(
      process.execPath,
      [child, folder, String(life), JSON.stringify(setting), String(batches)],
      {
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    let said = "";
    one.stderr.on("data", (text) => {
      said += text;
    });
    let watching;
    if (patience !== undefined)
      watching = setInterval(() => {
        if (told(folder, life).length === 0) return;
        clearInterval(watching);
        setTimeout(() => one.kill("SIGKILL"), patience);
      }, 1);
    one.on("exit", (code, signal) => {
      clearInterval(watching);
      if (code === 0 || signal === "SIGKILL") ended(signal === "SIGKILL");
      else failed(new Error(`life ${life} ended with ${code}: ${said}`));
    });
  });

/** None before the first is written. */
const filesIn = (dir) => (existsSync(dir) ? readdirSync(dir) : []);

const stepsOf = (lines) => lines.filter((line) => line.startsWith("step ")).map((line) => line.slice(5));
const largest = (lines, word) =>
  Math.max(
    0,
    ...lines.filter((line) => line.startsWith(word)).map((line) => Number(line.slice(word.length))),
  );

/**
 * Kills a training so often at random moments, lets it go on each time and at last to its end, and compares all that it told with a
 * training that nobody interrupted. Answers how many kills fell into the writing of a file.
 * @throws at the first difference.
 */
export const killing = async ({ setting, kills, batches = 120, seed }) => {
  const rng = random(seed);
  const folder = mkdtempSync(join(tmpdir(), "rxgrad-kill-"));
  const calm = mkdtempSync(join(tmpdir(), "rxgrad-calm-"));
  const say = (what) => new Error(`${what}: ${JSON.stringify({ setting, seed })}`);
  try {
    await live(calm, 0, setting, batches);
    const expected = stepsOf(told(calm, 0));
    if (expected.length < batches / 2) throw say(`${expected.length} steps without a kill`);
    let inWriting = 0;
    let killed = 0;
    let acknowledged = 0;
    for (let life = 0; ; life++) {
      if (life > 3 * kills + 10) throw say("it does not come to its end");
      const end = killed >= kills;
      const wasKilled = await live(folder, life, setting, batches, end ? undefined : rng.below(60));
      const lines = told(folder, life);
      const begin = Number(lines[0]?.replace("from ", "") ?? acknowledged);
      if (begin < acknowledged)
        throw say(`life ${life} begins at ${begin}, and ${acknowledged} was on the disk`);
      const still = expected.filter((line) => JSON.parse(line)[0] >= begin);
      stepsOf(lines).forEach((line, i) => {
        if (line !== still[i]) throw say(`step ${i} of life ${life}, which began at ${begin}, differs`);
      });
      const error = lines.find((line) => line.startsWith("error "));
      if (error) throw say(error);
      acknowledged = Math.max(acknowledged, largest(lines, "written "));
      const files = filesIn(join(folder, "checkpoints"));
      if (wasKilled) {
        killed++;
        if (files.some((name) => name.endsWith(".tmp"))) inWriting++;
      } else if (end) break;
      else {
        rmSync(join(folder, "checkpoints"), { recursive: true, force: true }); // it was too quick: once more
        acknowledged = 0;
      }
      const found = wasKilled ? resume(join(folder, "checkpoints")) : undefined;
      if (found && found.ignored.length > 0) throw say(`damaged: ${found.ignored.join("; ")}`);
    }
    const [last, whole] = [folder, calm].map((one) => resume(join(one, "checkpoints")));
    if (Buffer.compare(last.bytes, whole.bytes) !== 0) throw say("the last checkpoints differ");
    const { net, parts } = training(setting);
    load(net, last.bytes, { parts: { ...parts, ballast: { state: new Float64Array(40_000) } } });
    return inWriting;
  } finally {
    for (const one of [folder, calm]) rmSync(one, { recursive: true, force: true });
  }
};
