import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { logLoss, matrix, save, train, withFolds } from "rxgrad";
import { bufferCount, from, map } from "rxjs";
import { whenMain } from "../whenMain.ts";
import { lateness, loss, optimizer, sampleOf } from "./lateness.ts";
import { flightEvents } from "./parts.ts";

/** The same learning in one process, from memory, without a broker: what many processes are measured against. */
whenMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: {
      name: { type: "string" },
      seed: { type: "string", default: "1" },
      until: { type: "string", default: "100000" },
      "held-out": { type: "string", default: "20000" },
      out: { type: "string", default: "alone.safetensors" },
    },
  });
  const { learned } = await flightEvents(
    Number(values.until),
    Number(values["held-out"]),
    Number(values.seed),
  );
  const net = lateness(Number(values.seed));
  const every = Math.ceil(learned.length / 32 / 50); // steps between two lines
  let before = Date.now();
  from(learned)
    .pipe(
      map(sampleOf),
      bufferCount(32),
      map((samples) => ({
        x: matrix(samples.map(({ x }) => x)),
        y: matrix(samples.map(({ y }) => [y as number])),
      })),
      train(net, { loss, optimizer: optimizer(), predictions: true }),
      withFolds({ logLoss: logLoss() }),
    )
    .subscribe({
      next: ({ id, logLoss }) => {
        if ((id + 1) % every !== 0) return;
        const now = Date.now();
        const time = { learning: now - before, exchange: 0, waiting: 0, reading: 0 };
        before = now;
        const events = 32 * (id + 1);
        console.log(
          JSON.stringify({
            at: now,
            logLoss,
            learned: { events, again: 0 },
            time,
            bytes: 0,
            steps: every,
            members: [""],
          }),
        );
      },
      complete: () => writeFileSync(values.out, save(net)),
    });
});
