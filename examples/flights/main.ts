import { mkdirSync, writeFileSync } from "node:fs";
import { fromEvent, identity, take, takeUntil, tap } from "rxjs";
import { display } from "./display.ts";
import { forecaster, forecasting } from "./forecasting.ts";
import { help, type Options, optionsOf } from "./options.ts";
import { page } from "./page.ts";
import { table } from "./report.ts";
import { type Standing, scoring } from "./scoring.ts";
import { flights } from "./source.ts";
import { watched } from "./watched.ts";

const picture = "out/flights.html";

const run = ({ limit, seed, port }: Options): void => {
  const started = performance.now();
  const screen = display(limit);
  const curve: Standing[] = [];
  let paused = false;
  let inTheAir = 0;
  const finish = (): void => {
    paused = false; // or a source that waits would wait on
    screen.close();
    const last = curve.at(-1);
    if (last) {
      mkdirSync("out", { recursive: true });
      writeFileSync(picture, page(curve));
      console.log(`\n${table(last, (performance.now() - started) / 1000)}\n\nlearning curve: ${picture}`);
    } else console.log("No flight has departed yet.");
  };
  const stop$ = fromEvent(process, "SIGINT").pipe(
    take(1),
    tap(() => {
      process.exitCode = 130; // what a shell reports for a job that was interrupted
    }),
  );

  const net = forecaster(seed);
  const listening = (url: string): void => console.log(`It can be watched while it learns, at ${url}\n`);
  const page$ =
    port === undefined
      ? identity
      : watched({
          net,
          port,
          standing: () => curve.at(-1),
          inTheAir: () => inTheAir,
          hold: (held) => {
            paused = held;
          },
          listening,
        });

  flights({ limit, paused: () => paused })
    .pipe(
      takeUntil(stop$),
      tap(() => inTheAir++),
      forecasting({ net }),
      tap(() => inTheAir--),
      page$,
      scoring(),
    )
    .subscribe({
      next: (standing) => {
        curve.push(standing);
        screen.show(standing);
      },
      error: (error) => {
        screen.close();
        console.error(error);
        process.exitCode = 1;
      },
      complete: finish,
    });
};

try {
  const options = optionsOf(process.argv.slice(2));
  if (options) run(options);
  else console.log(help);
} catch (error) {
  console.error(`${(error as Error).message}\n\n${help}`);
  process.exitCode = 2;
}
