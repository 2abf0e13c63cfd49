import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { concat, from, lastValueFrom, map, NEVER, type Subscription, tap, toArray } from "rxjs";
import { beforeAll, describe, expect, test } from "vitest";
import { features } from "../../examples/flights/features.ts";
import { type Flight, landing } from "../../examples/flights/flight.ts";
import { type Forecast, forecaster, forecasting } from "../../examples/flights/forecasting.ts";
import { optionsOf } from "../../examples/flights/options.ts";
import { page } from "../../examples/flights/page.ts";
import { table } from "../../examples/flights/report.ts";
import { median } from "../../examples/flights/rivals.ts";
import { type Standing, scoring } from "../../examples/flights/scoring.ts";
import { flights } from "../../examples/flights/source.ts";
import { watched } from "../../examples/flights/watched.ts";

let some: Flight[];
beforeAll(async () => {
  some = await lastValueFrom(flights({ limit: 40_000 }).pipe(toArray()));
});

const forecastsOf = (record: readonly Flight[]): Promise<Forecast[]> =>
  lastValueFrom(from(record).pipe(forecasting({ seed: 1 }), toArray()));

describe("flights()", () => {
  test("flights() gives the flights of the record in the order of departure", () => {
    expect(some).toHaveLength(40_000);
    const first = { time: Date.UTC(2001, 0, 1, 0, 1) / 60_000, delay: 33, distance: 2176 };
    expect(some[0]).toEqual({ ...first, origin: "LAS", destination: "PHL" });
    expect(some.every(({ time }, i) => i === 0 || time >= some[i - 1]!.time)).toBe(true);
  });

  test("flights() has none depart while it is paused", async () => {
    let paused = false;
    let asked = 0;
    const departed: number[] = [];
    await lastValueFrom(
      flights({
        limit: 3000,
        paused: () => {
          if (!paused) return false;
          asked++;
          if (asked === 3) paused = false;
          return true;
        },
      }).pipe(
        tap(() => {
          departed.push(asked);
          paused = departed.length === 1000;
        }),
      ),
    );
    expect(departed).toEqual([...Array(1000).fill(0), ...Array(2000).fill(3)]);
  });

  test("flights() lets other events have their turn between the blocks", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await lastValueFrom(flights({ limit: 20_000 }).pipe(forecasting()));
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(15);
  });
});

describe("watched()", () => {
  test("watched() shows the training loss, and the metrics beside their baselines", async () => {
    const net = forecaster(1);
    let now: Standing | undefined;
    let running: Subscription | undefined;
    const url = await new Promise<string>((listening) => {
      const page = { net, port: 0, standing: () => now, inTheAir: () => 0, hold: () => {}, listening };
      running = concat(from(some.slice(0, 3000)), NEVER)
        .pipe(forecasting({ net }), watched(page), scoring(500))
        .subscribe((standing) => {
          now = standing;
        });
    });
    const events = (await fetch(new URL("events", url))).body!.pipeThrough(new TextDecoderStream());
    let told = "";
    for await (const text of events) {
      told += text;
      if (told.includes('"AUC, lately"')) break;
    }
    running?.unsubscribe();
    expect(told).toContain('"training loss"');
    expect(told).toContain('"recent rate at the origin"');
  });
});

describe("forecasting()", () => {
  test("forecasting() learns from no flight before it has landed", async () => {
    let clock = 0; // the departure that was predicted last
    const early: Flight[] = [];
    let waiting = 0;
    await lastValueFrom(
      from(some.slice(0, 20_000)).pipe(
        map((flight, i) => {
          clock = i < 19_999 ? flight.time : Number.POSITIVE_INFINITY; // the end of the stream lets all land
          waiting++;
          return flight;
        }),
        forecasting(),
        tap(({ flight }) => {
          waiting--;
          if (landing(flight) > clock) early.push(flight);
        }),
      ),
    );
    expect(early).toEqual([]);
    expect(waiting).toBe(0);
  });

  test("forecasting() tells the training loss of each batch, with the flight that filled it", async () => {
    const losses = (await forecastsOf(some.slice(0, 1000))).flatMap(({ loss }) => loss ?? []);
    expect(losses).toHaveLength(Math.ceil(1000 / 32));
    expect(losses.every((loss) => loss > 0)).toBe(true);
  });

  test("forecasting() emits every flight once, in the order of landing", async () => {
    const forecasts = await forecastsOf(some.slice(0, 5000));
    const times = forecasts.map(({ flight }) => landing(flight));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(forecasts.map(({ flight }) => flight)).size).toBe(5000);
  });

  test.each([2000, 7000, 11_500])(
    "forecasting() predicts the same, to the bit, whatever comes of the flights in the air at flight %i",
    async (k) => {
      const record = some.slice(0, k + 500);
      const now = record[k]!.time;
      const changed = record.map((flight, i) =>
        landing(flight) > now
          ? { ...flight, delay: Math.max(flight.delay, 0) + 1 + ((i * 37) % 900) }
          : flight,
      );
      const inTheAir = record.filter((flight) => flight.time <= now && landing(flight) > now);
      expect(inTheAir.length).toBeGreaterThan(500);
      const guessesUntilNow = async (flown: Flight[]): Promise<unknown[]> => {
        const position = new Map(flown.map((flight, i) => [flight, i]));
        return (await forecastsOf(flown))
          .filter(({ flight }) => flight.time <= now)
          .sort((a, b) => position.get(a.flight)! - position.get(b.flight)!)
          .map(({ x, guesses }) => ({ x, guesses }));
      };
      const before = await guessesUntilNow(record);
      expect(before.length).toBeGreaterThan(k);
      expect(await guessesUntilNow(changed)).toStrictEqual(before);
    },
  );

  test("forecasting() does depend on what has landed", async () => {
    const record = some.slice(0, 4000);
    const changed = record.map((flight, i) => (i < 100 ? { ...flight, delay: flight.delay + 60 } : flight));
    const last = async (flown: Flight[]): Promise<number> =>
      (await forecastsOf(flown)).find(({ flight }) => flight === flown[3999])!.guesses.network.probability;
    expect(await last(changed)).not.toBe(await last(record));
  });

  test("forecasting() gives the same bytes for the same seed, and others for another", async () => {
    const record = some.slice(0, 2000);
    const guesses = async (seed: number): Promise<number[]> =>
      lastValueFrom(
        from(record).pipe(
          forecasting({ seed }),
          map(({ guesses }) => guesses.network.minutes),
          toArray(),
        ),
      );
    expect(await guesses(1)).toStrictEqual(await guesses(1));
    expect(await guesses(1)).not.toEqual(await guesses(2));
  });

  test("forecasting() beats the running rate and the recent rate at the origin", async () => {
    const { all, lately } = await lastValueFrom(from(some).pipe(forecasting(), scoring()));
    expect(all.network.logLoss).toBeLessThan(all.running.logLoss - 0.02);
    expect(all.network.logLoss).toBeLessThan(all.recent.logLoss - 0.02);
    expect(all.network.auc).toBeGreaterThan(all.recent.auc + 0.02);
    expect(all.network.auc).toBeGreaterThan(all.running.auc + 0.1);
    expect(lately.network).toEqual(all.network); // the window is larger than the run
  });
});

describe("features()", () => {
  test("features() are numbers that do not depend on the delay, and asking for them changes nothing", () => {
    const known = features();
    for (const flight of some.slice(0, 3000)) {
      known.depart(flight);
      known.land(flight, landing(flight));
    }
    const flight = some[3000]!;
    const x = known.of(flight);
    expect(x.every(Number.isFinite)).toBe(true);
    expect(known.of({ ...flight, delay: 1000 } as Flight)).toStrictEqual(x);
    expect(known.of(flight)).toStrictEqual(x);
  });
});

test("median() is the lower median of the numbers so far", () => {
  const { init, step, read } = median();
  let state = init();
  const seen: number[] = [];
  for (let i = 0; i < 500; i++) {
    const x = ((i * 7919) % 83) - 40;
    seen.push(x);
    state = step(state, x);
    expect(read(state)).toBe([...seen].sort((a, b) => a - b)[Math.ceil(seen.length / 2) - 1]);
  }
});

const standing = (flights: number): Standing => {
  const scores = {
    network: { logLoss: 0.3, auc: 0.9, mae: 10 },
    recent: { logLoss: 0.4, auc: 0.7, mae: 20 },
    running: { logLoss: 0.5, auc: Number.NaN, mae: 16 },
  };
  return { flights, all: scores, lately: scores };
};

test("table() says by how much the network beats the baselines", () => {
  const text = table(standing(1000), 2);
  expect(text).toContain("1,000 flights in 2.0 s, 500 a second");
  expect(text).toContain("log loss 25.0 % lower, AUC 0.200 higher, error of the delay 50.0 % lower");
});

test("page() loads nothing, and holds the curve", () => {
  const html = page([standing(1000), standing(2000)]);
  expect(html).toContain('"logLoss":[[1000,2000],[0.3,0.3],[0.4,0.4],[0.5,0.5]]');
  expect(html).toContain('"auc":[[1000,2000],[0.9,0.9],[0.7,0.7],[null,null]]');
  expect(html).not.toMatch(/\b(src|href)=|@import|url\(|fetch\(/);
});

test("optionsOf() reads the flags, and refuses what it does not know", () => {
  expect(optionsOf([])).toEqual({ limit: 3_000_000, seed: 1, port: 0 });
  expect(optionsOf(["--limit", "200000", "--no-page", "--seed=7"])).toEqual({ limit: 200_000, seed: 7 });
  expect(optionsOf(["--port", "8080"])?.port).toBe(8080);
  expect(optionsOf(["--help"])).toBeUndefined();
  expect(() => optionsOf(["--limits", "3"])).toThrow("--limits");
  expect(() => optionsOf(["--limit", "0"])).toThrow("--limit expects a whole number of at least 1, got 0");
  expect(() => optionsOf(["--limit", "many"])).toThrow("got many");
  expect(() => optionsOf(["somewhere"])).toThrow("somewhere");
});

describe("main", () => {
  const main = resolve("out/examples/flights/main.js");
  const started = (...args: string[]) => {
    const cwd = mkdtempSync(join(tmpdir(), "flights-"));
    const child = spawn(process.execPath, [main, ...args], { cwd });
    let text = "";
    const gather = (chunk: Buffer): void => {
      text += chunk;
    };
    child.stdout.on("data", gather);
    child.stderr.on("data", gather);
    const ended = new Promise<{ code: number | null; text: string; cwd: string }>((done) =>
      child.on("close", (code) => done({ code, text, cwd })),
    );
    return { child: child as ChildProcess, ended };
  };
  /** What the page at this address is told until that is enough. */
  const toldBy = async (url: string, isEnough: (text: string) => boolean): Promise<string> => {
    const { body } = await fetch(`${url}events`);
    let text = "";
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (isEnough(text)) return text;
    }
    throw new Error("the page was told all there is, and that was not in it");
  };
  beforeAll(() => {
    if (!existsSync(main))
      throw new Error("these tests run the built examples: npm run build && npm run examples");
  });

  test("main learns, and ends with the table and the picture", async () => {
    const { code, text, cwd } = await started("--limit", "20000", "--no-page").ended;
    expect(text).toMatch(/20,000 flights in [\d.]+ s/);
    expect(text).toMatch(/^network +0\.\d{4} +0\.\d{4} +[\d.]+ min$/m);
    expect(text).toContain("learning curve: out/flights.html");
    expect(text).not.toContain("\x1b"); // no terminal, no bar
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, "out/flights.html"), "utf8")).toContain("20,000 US flights");
  });

  test("main serves a page while it learns, and ends with it", async () => {
    const { child, ended } = started("--limit", "40000");
    const asked = new Promise<{ status: number; text: string }>((done, failed) => {
      child.stdout!.on("data", (chunk: Buffer) => {
        const url = /at (http:\/\/127\.0\.0\.1:\d+\/)/.exec(String(chunk))?.[1];
        if (url)
          fetch(url)
            .then(async (response) => done({ status: response.status, text: await response.text() }))
            .catch(failed);
      });
    });
    const { status, text } = await asked;
    expect(status).toBe(200);
    expect(text).toContain("page.js");
    expect((await ended).code).toBe(0);
  });

  test("main tells its page of the learning rate, the queue, and drift, and pauses for it", async () => {
    const { child, ended } = started("--limit", "120000");
    const url = await new Promise<string>((done) => {
      child.stdout!.on("data", (chunk: Buffer) => {
        const found = /at (http:\/\/127\.0\.0\.1:\d+\/)/.exec(String(chunk))?.[1];
        if (found) done(found);
      });
    });
    const told = await toldBy(url, (text) => text.includes("drift of error"));
    for (const line of ["learning rate", "queue", "log loss, lately"]) expect(told).toContain(`"${line}"`);
    expect(told).toContain('"canPause":true');
    const ask = (what: string) =>
      fetch(`${url}${what}`, { method: "POST", headers: { origin: url.slice(0, -1) } });
    expect((await ask("pause")).ok).toBe(true);
    await toldBy(url, (text) => text.includes('"paused":true'));
    expect(child.exitCode).toBeNull();
    expect((await ask("resume")).ok).toBe(true);
    expect((await ended).code).toBe(0);
  });

  test("main serves none with --no-page", async () => {
    const { code, text } = await started("--limit", "2000", "--no-page").ended;
    expect(text).not.toContain("http");
    expect(code).toBe(0);
  });

  test("main ends with the table so far on Ctrl-C", async () => {
    const { child, ended } = started();
    let interrupted = 0;
    child.stdout!.on("data", (chunk: Buffer) => {
      if (interrupted || !String(chunk).includes("log loss")) return; // it waits for the first line of progress
      interrupted = performance.now();
      child.kill("SIGINT");
    });
    const { code, text, cwd } = await ended;
    expect(performance.now() - interrupted).toBeLessThan(5000);
    expect(text).toMatch(/^network +0\.\d{4}/m);
    expect(existsSync(join(cwd, "out/flights.html"))).toBe(true);
    expect(code).toBe(130);
  });

  test.each([[["--limt", "5"]], [["--limit", "x"]], [["--seed", "-1"]], [["x"]]])(
    "main refuses %j",
    async (args) => {
      const { code, text } = await started(...args).ended;
      expect(text).toContain("--limit <n>");
      expect(code).toBe(2);
    },
  );

  test("main helps", async () => {
    const { code, text } = await started("--help").ended;
    expect(text).toContain("--no-page");
    expect(code).toBe(0);
  });
});
