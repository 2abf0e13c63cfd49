import { setTimeout as wait } from "node:timers/promises";
import { random } from "rxgrad";
import type { Broker } from "./broker.ts";
import { type Hand, hand } from "./crew.ts";
import type { FlightEvent } from "./flightEvent.ts";
import { chronicle, type Run, summary } from "./measure.ts";
import { type Setting, workerArgs } from "./speed.ts";

export interface Kills {
  readonly kills: number;
  readonly serverKills: number;
  readonly workers: number;
  /** The flights to learn from; again from the beginning, under new ids, when there are not enough. */
  readonly flights: readonly FlightEvent[];
  /** How many events wait for those who learn, while they are killed: 60,000. */
  readonly ahead?: number;
}

export interface Survived extends Run {
  readonly kills: number;
  readonly serverKills: number;
  readonly events: number;
}

/** Milliseconds after which workers go on without one who is silent; and for how long a few of the killed stay away. */
const timeout = 2000;

/**
 * Workers learn what is published meanwhile, and are killed at random moments, as is the server. One in ten stays away until the others
 * have gone on without it; all others come back at once, under their names.
 */
export const survive = async (server: Broker, setting: Setting, plan: Kills): Promise<Survived> => {
  const { flights, ahead = 60_000 } = plan;
  const { uniform, below } = random(setting.seed);
  const told = chronicle(setting.progress);
  const log = "survival";
  const more = ["--timeout", String(timeout)];
  const endless = { ...setting, events: Number.POSITIVE_INFINITY };
  const hands = Array.from({ length: plan.workers }, (_, i): Hand => start(`worker-${i}`, endless));
  function start(name: string, own: typeof endless): Hand {
    const { args } = workerArgs(server, own, { name, log, workers: plan.workers });
    return hand("worker", name, [...args, ...more], told.tell(name));
  }

  let published = 0;
  let over = false;
  const next = new Map<number, number>();
  const idOf = (id: number): number => {
    const part = id >>> 24;
    const count = next.get(part) ?? 0;
    next.set(part, count + 1);
    return part * 2 ** 24 + count;
  };
  const publishSome = async (): Promise<void> => {
    const events = Array.from({ length: 2000 }, (_, i) => flights[(published + i) % flights.length]!);
    await server.publish(events.map((event) => ({ ...event, id: idOf(event.id) })));
    published += events.length;
  };
  /** Keeps some seconds of events ahead of those who learn. */
  const publishing = (async () => {
    while (!over)
      if (published - told.learned > ahead) await wait(20);
      else await publishSome();
  })();
  let serverKills = 0;
  for (let kills = 1; kills <= plan.kills; kills++) {
    await wait(50 + 450 * uniform());
    const i = below(hands.length);
    const { name } = hands[i]!;
    await hands[i]!.kill();
    if (kills % 10 === 5) await wait(1.5 * timeout);
    hands[i] = start(name, endless);
    if (serverKills < Math.floor((kills * plan.serverKills) / plan.kills)) {
      serverKills++;
      await wait(300 * uniform());
      await server.crash();
    }
  }
  over = true;
  await publishing;
  // all learn what is left, and then end by themselves
  await Promise.all(hands.map((one) => one.kill()));
  await publishSome();
  const last = { ...setting, events: published };
  const files = hands.map(({ name }) => workerArgs(server, last, { name, log, workers: plan.workers }).out);
  await Promise.all(hands.map(({ name }) => start(name, last).ended));
  return {
    ...summary(told, files, published, setting.heldOut),
    ...{ kills: plan.kills, serverKills, events: published },
  };
};
