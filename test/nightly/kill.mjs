// npm run build && node test/nightly/kill.mjs [kills] [seed]: kills over a pairwise covering of settings.
import { killing } from "./killing.mjs";
import { pairwise } from "./scenarios.mjs";

const [kills = 200, seed = 1] = process.argv.slice(2).map(Number);
const settings = pairwise(seed);
const each = Math.ceil(kills / settings.length);
let inWriting = 0;
let done = 0;
for (const [i, setting] of settings.entries()) {
  if (done >= kills) break; // the first of a covering have most of its pairs
  inWriting += await killing({ setting, kills: each, seed: seed + i });
  done += each;
  console.log(
    `${done} kills, ${inWriting} of them while a file was written: ${Object.values(setting).join(", ")}`,
  );
}
