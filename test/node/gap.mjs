// The longest that a timer had to wait while a 64-64-1 network learned from 20,000 batches of 32: node test/node/gap.mjs
import { matrix, paced, random, yieldEvery } from "rxgrad";
import { inWorker } from "rxgrad/node";
import { from, lastValueFrom } from "rxjs";
import { learning } from "./fixtures/wide.js";

const dice = random(1);
const few = Array.from({ length: 200 }, () => {
  const x = Array.from({ length: 32 }, () => Array.from({ length: 64 }, () => dice.normal()));
  return { x: matrix(x), y: matrix(x.map(([a, b]) => [a * b])) };
});
const batches = Array.from({ length: 20_000 }, (_, i) => few[i % few.length]);

/** Learns, while a timer of 1 ms looks at the clock whenever it is called; how long it took, and how long it was not. */
const once = async (learn$) => {
  const gaps = [];
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  gaps.length = 0;
  last = performance.now();
  const start = last;
  await lastValueFrom(learn$());
  look();
  clearInterval(timer);
  gaps.sort((a, b) => a - b);
  return [last - start, gaps.length, gaps[Math.floor(0.99 * gaps.length)], gaps.at(-1)];
};

/** Medians of five. */
const measure = async (name, learn$) => {
  const all = [];
  for (let i = 0; i < 5; i++) all.push(await once(learn$));
  const medians = all[0].map((_, k) => all.map((figures) => figures[k]).sort((a, b) => a - b)[2]);
  const [took, timers, most, worst] = medians;
  const cells = [`${took.toFixed(0)} ms`, `${timers}`, `${most.toFixed(1)} ms`, `${worst.toFixed(1)} ms`];
  console.log(`| ${name.padEnd(29)} | ${cells.map((cell) => cell.padStart(9)).join(" | ")} |`);
};

const local = () => learning().learn;
await lastValueFrom(from(few).pipe(local())); // what is compiled at the first use is not counted
const remote = await inWorker(new URL("./fixtures/wide.js", import.meta.url));
console.log("| | took | timer calls | 99 of 100 waits | longest wait |\n|---|--:|--:|--:|--:|");
await measure("`from(batches)`", () => from(batches).pipe(local()));
await measure("`from(batches), yieldEvery()`", () => from(batches).pipe(yieldEvery(), local()));
await measure("`paced(batches)`", () => paced(batches).pipe(local()));
await measure("`remote.trainOn(batches)`", () => remote.trainOn(batches));
await remote.close();
