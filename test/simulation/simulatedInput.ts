import type { Clock } from "./clock.ts";
import { type Process, spawn, type Wait } from "./process.ts";
import type { Resource } from "./resources.ts";
import type { Site } from "./scenario.ts";
import { waking } from "./waking.ts";

/** The events of the partitions that one worker has, which it reads ahead. */
export interface SimulatedInput {
  /** Waits until so many events are there, or all that there are; `ahead` are pulled beyond. */
  need(events: number): Process;
  /** Takes so many, of all partitions in turn, and answers how many there were. */
  take(events: number): number;
  positions(): ReadonlyMap<string, number>;
  ended(): readonly string[];
  close(): void;
}

export interface SimulatedInputOptions {
  readonly clock: Clock;
  readonly site: Site;
  readonly cpu: Resource;
  readonly out: Resource;
  readonly latency: () => number;
  /** How many events each partition has. */
  readonly events: number;
}

/** How many events of a partition are asked for at once, as in jetStreamInput. */
const asked = 64;

/** Pulls events of partitions that were learned up to positions. */
export const simulatedInput = (
  partitions: readonly string[],
  from: ReadonlyMap<string, unknown>,
  { clock, site, cpu, out, latency, events }: SimulatedInputOptions,
): SimulatedInput => {
  const reached = new Map(partitions.map((p) => [p, Number(from.get(p) ?? 0)]));
  const more = waking(clock);
  let there = 0;
  let wanted = asked;
  let open = true;
  const left = (): number => partitions.reduce((sum, p) => sum + events - reached.get(p)!, 0);
  function* pull(): Process {
    for (;;) {
      while (there >= 2 * wanted || there >= left()) yield more.wait;
      const count = Math.min(Math.max(wanted, asked), left() - there);
      yield cpu.take(count * site.server.event);
      yield out.take((count * site.server.eventBytes) / site.serverWire);
      const requests = Math.ceil(count / (asked * partitions.length));
      let pause = 0;
      for (let i = 0; i < Math.min(requests, 8); i++) pause += latency() + latency();
      const wait: Wait = (resume) => clock.after(pause * Math.max(1, requests / 8), resume);
      yield wait;
      there += count;
      more.wake();
    }
  }
  spawn(pull(), () => open);
  return {
    need: function* (count): Process {
      wanted = count;
      more.wake();
      while (there < Math.min(count, left())) yield more.wait;
    },
    take: (count) => {
      let open = partitions.filter((p) => reached.get(p)! < events);
      let taken = 0;
      for (; open.length > 0 && taken < count; open = open.filter((p) => reached.get(p)! < events)) {
        const each = Math.floor((count - taken) / open.length);
        for (const p of open) {
          const n = Math.min(Math.max(each, 1), events - reached.get(p)!, count - taken);
          reached.set(p, reached.get(p)! + n);
          taken += n;
        }
      }
      there -= taken;
      more.wake();
      return taken;
    },
    positions: () => new Map(reached),
    ended: () => partitions.filter((p) => reached.get(p)! >= events),
    close: () => {
      open = false;
    },
  };
};
