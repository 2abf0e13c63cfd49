// One life of a training that may be killed at any moment: node killed.mjs <folder> <life> <setting as JSON> <batches>
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "rxgrad";
import { checkpoint, resume } from "rxgrad/node";
import { from, tap } from "rxjs";
import { lineOf, rowsOfBatch, sampleAt, training } from "./scenarios.mjs";

const [folder, life, setting, batches] = process.argv.slice(2);
const { net, parts, steps } = training(JSON.parse(setting));
const ballast = { state: new Float64Array(40_000) }; // so that writing takes a while
const all = { ...parts, ballast };
const dir = join(folder, "checkpoints");
const tell = (line) => appendFileSync(join(folder, `life-${life}`), `${line}\n`);

const saved = resume(dir);
if (saved) load(net, saved.bytes, { parts: all });
let { taken, made } = saved?.position ?? { taken: 0, made: 0 };
tell(`from ${made}`);

async function* samples() {
  while (taken < batches * rowsOfBatch) {
    if (taken % rowsOfBatch === 0) await new Promise((turn) => setImmediate(turn));
    ballast.state.fill(taken);
    yield sampleAt(taken++);
  }
}

steps(from(samples()))
  .pipe(
    tap(() => made++),
    checkpoint(net, {
      dir,
      every: 3,
      keep: 2,
      parts: all,
      position: () => ({ taken, made }),
      written: { next: ({ position }) => tell(`written ${position.made}`) },
      errors: { next: (error) => tell(`error ${error.message}`) },
    }),
  )
  .subscribe({
    next: (one) => tell(`step ${lineOf(made - 1, one)}`),
    error: (error) => {
      tell(`error ${error.message}`);
      process.exitCode = 1;
    },
    complete: () => tell("complete"),
  });
