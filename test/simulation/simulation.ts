import { random } from "../../src/math/random.ts";
import { activeMembers } from "../../src/scale/closeRound.ts";
import { isDone } from "../../src/scale/rounds.ts";
import { virtualClock } from "./clock.ts";
import { cores, pool, queue, type Resource, threadOn } from "./resources.ts";
import type { Outcome, Scenario } from "./scenario.ts";
import { simulatedLog } from "./simulatedLog.ts";
import { simulatedWorker } from "./simulatedWorker.ts";

/** Runs the workers of a scenario in virtual time: the same scenario gives the same outcome. */
export const simulate = (scenario: Scenario): Outcome => {
  const { workers, costs, site, batch = 32, seed = 1, timeout = Number.POSITIVE_INFINITY } = scenario;
  const {
    warm = 12,
    rounds = 6,
    events = Number.POSITIVE_INFINITY,
    limit = Number.POSITIVE_INFINITY,
    failures,
  } = scenario;
  const clock = virtualClock();
  const rng = random(seed);
  const lognormal = (sigma: number): number => (sigma === 0 ? 1 : Math.exp(sigma * rng.normal()));
  const latency = (): number => site.latency * lognormal(site.jitter);
  const { shared } = site;
  const machine = shared && cores(clock, { ...shared, cores: shared.cores - shared.others });
  const cpu: Resource = machine ?? pool(clock, site.serverCores);
  const feeding: Resource = machine ?? pool(clock, site.serverCores);
  const [into, out, fed] = [queue(clock), queue(clock), queue(clock)];
  const ways = { clock, site, costs, cpu, into, out, latency };
  const name = (i: number): string => `w${String(i).padStart(4, "0")}`;
  const alive = new Map<string, { up: boolean }>();
  const down = new Set<string>();
  let deaths = 0;
  let from = { at: 0, samples: 0, wire: 0, cpu: 0, fed: 0 };

  const committed = (): void => {
    const { round, members, samples } = log.state;
    if (warm > 0 && round === warm && from.at === 0)
      from = { at: clock.now(), samples, wire: out.used, cpu: cpu.used, fed: feeding.used };
    watch();
    if (epoch === log.state.epoch) return;
    epoch = log.state.epoch;
    for (const { worker, incarnation, partitions } of members)
      if (partitions.length > 0 && !alive.has(worker) && !down.has(worker)) start(worker, incarnation);
  };
  /** Who has no partition has nothing to do but wait, from the beginning of a round on. */
  const watch = (): void => {
    const { round, epoch, members } = log.state;
    const place = `${round} ${epoch}`;
    if (place === watched || timeout === Number.POSITIVE_INFINITY) return;
    watched = place;
    const idle = members.find(({ partitions }) => partitions.length === 0);
    if (!idle) return;
    clock.after(timeout, () => {
      if (`${log.state.round} ${log.state.epoch}` !== place) return;
      for (const { worker, incarnation, pending } of activeMembers(log.state))
        if (pending.length === 0) log.commit(idle.worker, { kind: "remove", worker, incarnation, round });
    });
  };
  const start = (worker: string, incarnation: number): void => {
    const life = { up: true };
    alive.set(worker, life);
    const reader = simulatedWorker({
      ...{ name: worker, incarnation, scenario, log, ways },
      input: { clock, site, cpu: feeding, out: fed, latency, events },
      thread: machine ? threadOn(machine) : queue(clock),
      wire: queue(clock),
      isAlive: () => life.up,
      learning: (steps) => timeOf(steps),
      slowness: () => lognormal(site.straggling) * Math.exp(-(site.straggling ** 2) / 2),
    });
    if (!failures) return;
    clock.after((-Math.log(1 - rng.uniform()) * 3_600_000) / failures.perHour, () => {
      deaths++;
      life.up = false;
      log.forget(reader);
      alive.delete(worker);
      down.add(worker);
      clock.after(failures.back, () => {
        down.delete(worker);
        start(worker, 0);
      });
    });
  };
  const total = costs.tail.reduce((sum, [part]) => sum + part, 0);
  const mean = costs.tail.reduce((sum, [part, multiple]) => sum + (part / total) * multiple, 0);
  const variance = costs.tail.reduce((sum, [part, m]) => sum + (part / total) * (m / mean - 1) ** 2, 0);
  const drawn = (at: number): number => {
    for (const [part, multiple] of costs.tail) {
      if (at < part) return multiple;
      at -= part;
    }
    return mean;
  };
  /** The sum of so many steps, drawn one by one as long as they are few. */
  const timeOf = (steps: number): number => {
    if (steps > 32)
      return costs.step * Math.max(0.5 * steps, steps + Math.sqrt(steps * variance) * rng.normal());
    let sum = 0;
    for (let i = 0; i < steps; i++) sum += drawn(rng.uniform() * total);
    return (costs.step * sum) / mean;
  };

  let epoch = 0;
  let watched = "";
  const log = simulatedLog(ways, scenario, committed);
  for (let i = 0; i < workers; i++) log.commit(name(i), { kind: "join", plan: "simulated" });
  clock.run(() => clock.now() >= limit || log.state.round >= warm + rounds || isDone(log.state));

  const { state } = log;
  const time = clock.now() - from.at;
  const throughput = (1000 * (state.samples - from.samples)) / time;
  const alone = 1000 / (costs.step / batch + costs.event);
  const read = (positions: ReadonlyMap<string, unknown>): number =>
    [...positions.values()].reduce<number>((sum, position) => sum + Number(position), 0);
  return {
    time,
    throughput,
    speedup: throughput / alone,
    rounds: state.round,
    steps: state.steps,
    samples: state.samples,
    positions: read(state.positions),
    refused: Object.values(state.refused).reduce((a, b) => a + b),
    deaths,
    wire: (out.used - from.wire) / time,
    server: (cpu.used - from.cpu) / time / site.serverCores,
    feeding: (feeding.used - from.fed) / time / site.serverCores,
  };
};
