import { truths } from "./contenders/contenders.mjs";
import { dataOf } from "./workloads.mjs";

/** The middle one; of two, their mean. */
export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/** A reason without the places that it names. */
export const briefly = (reason) => reason.replace(/ imported from .*| \(?file:.*/, "");

/**
 * Measures a workload: all contenders are started and have proved themselves before the first round, and in each round
 * each has its turn.
 * @param {{ start: typeof import("./processes.mjs").start, seconds: number, rounds: number, say(what: string): void }}
 *   options seconds: of measuring, for each contender
 */
export const measure = async (workload, contenders, { start, seconds, rounds, say }) => {
  const entries = [];
  for (const contender of contenders) {
    say(`${workload.name}: ${contender.name} warms up`);
    const entry = await load(contender, workload, start);
    entries.push(entry);
    try {
      await examine(entry, workload);
      await warmUp(entry, seconds, rounds);
      if (workload.task !== "predict") entry.after = (await ask(entry, { op: "answer" })).answer;
    } catch (error) {
      entry.failed = error.message;
    }
  }
  for (let round = 0; round < rounds; round++)
    for (const entry of entries) {
      const used = entry.rounds.reduce((sum, one) => sum + one.seconds, 0);
      if (entry.failed || used > 1.5 * seconds) continue; // a single step may take longer than all its time
      say(`${workload.name}: round ${round + 1} of ${rounds}, ${entry.name}`);
      try {
        entry.rounds.push(await ask(entry, { op: "run", n: entry.n }));
      } catch (error) {
        entry.failed = error.message;
      }
    }
  for (const { process } of entries) process.end();
  const truth = entries.find(({ name }) => truths.includes(name));
  return entries.map((entry) => summaryOf(entry, truth, workload));
};

const load = async (contender, workload, start) => {
  const { process, loaded } = await start(contender, workload);
  return { name: contender.name, process, rounds: [], losses: [], ...loaded };
};

const ask = async ({ process, failed }, request) => {
  if (failed) throw new Error(failed);
  const reply = await process.ask(request);
  if (reply.failed) throw new Error(reply.failed);
  return { ...reply, n: request.n };
};

/** What it predicts at the start, and its losses in 30 steps, or in as many as five seconds allow; the truth has longer. */
const examine = async (entry, { task }) => {
  const limit = truths.includes(entry.name) ? 15 : 5;
  entry.before = (await ask(entry, { op: "answer" })).answer;
  if (task !== "train" && task !== "sparse") return;
  for (let spent = 0; entry.losses.length < 30 && spent < limit; ) {
    const { loss, seconds } = await ask(entry, { op: "run", n: 1 });
    entry.losses.push(loss);
    spent += seconds;
  }
};

/**
 * Ever more steps, for half of the processor time that the rounds will take, so that the compiler has been there on a busy
 * machine too; the last run tells how many make a round.
 */
const warmUp = async (entry, seconds, rounds) => {
  const perRound = seconds / rounds;
  let busy = 0;
  let spent = 0;
  for (let n = 1; busy < seconds / 2 && spent < 3 * seconds; n = Math.min(4 * n, entry.n)) {
    const reply = await ask(entry, { op: "run", n });
    spent += reply.seconds;
    busy += reply.cpuSeconds ?? reply.seconds;
    entry.n = Math.max(1, Math.round((n * perRound) / reply.seconds));
  }
};

const summaryOf = ({ name, note, failed, notApplicable, rounds, ...proved }, truth, workload) => {
  const told = { name, ...(note ? { note } : {}) };
  if (failed) return { ...told, failed: briefly(failed), ...(notApplicable ? { notApplicable } : {}) };
  const each = (of) => rounds.map((one) => (of(one) / one.n) * 1e6);
  const steps = each(({ seconds }) => seconds);
  const busy = each(({ cpuSeconds }) => cpuSeconds);
  return {
    ...told,
    microseconds: median(steps),
    rounds: steps,
    ...(Number.isFinite(busy[0]) ? { cpuMicroseconds: median(busy) } : {}),
    proof: proofOf(proved, truth, workload),
  };
};

/** In words: what shows that the contender does the work. */
const proofOf = ({ exact, losses, before, after }, truth, workload) => {
  if (exact && truth) {
    const [mine, theirs] = losses.length ? [losses, truth.losses] : [before, truth.before];
    const count = Math.min(mine.length, theirs.length);
    const furthest = Math.max(...mine.slice(0, count).map((value, i) => Math.abs(value - theirs[i])));
    const what = losses.length ? `${count} losses` : `${count} predictions`;
    return furthest < 1e-3 ? `${what} agree` : `${what} DISAGREE by ${furthest.toPrecision(2)}`;
  }
  if (!after) return "";
  const { batches } = dataOf(workload);
  const y = batches.slice(0, workload.probes).flatMap((batch) => Array.from(batch.y));
  const errorOf = (p) => p.reduce((sum, value, i) => sum + (value - y[i]) ** 2, 0) / p.length;
  const [was, is] = [errorOf(before), errorOf(after)];
  const fell = `${was.toPrecision(2)} → ${is.toPrecision(2)}`;
  return is < was ? `error falls ${fell}` : `error DOES NOT FALL ${fell}`;
};
