import { join } from "node:path";
import type { Broker } from "./broker.ts";
import { hand } from "./crew.ts";
import type { FlightEvent } from "./flightEvent.ts";
import { chronicle, type Run, summary } from "./measure.ts";
import { subjects } from "./parts.ts";

export interface Setting {
  readonly folder: string;
  readonly seed: number;
  readonly events: number;
  readonly heldOut: readonly FlightEvent[];
  readonly progress: (learned: number) => void;
  /** Of the network: 256 in each layer, and changes as they are, unless told otherwise. */
  readonly hidden?: number;
  readonly compress?: "int8";
}

/** One process that learns from memory. */
export const runAlone = async ({ folder, seed, events, heldOut, progress }: Setting): Promise<Run> => {
  const told = chronicle(progress);
  const out = join(folder, "alone.safetensors");
  const args = [
    ...["--until", String(events), "--held-out", String(heldOut.length)],
    ...["--seed", String(seed), "--out", out],
  ];
  await hand("alone", "alone", args, told.tell("alone")).ended;
  return summary(told, [out], events, heldOut);
};

/** The arguments of one worker of some, and where its weights go. */
export const workerArgs = (
  { servers }: Pick<Broker, "servers">,
  { folder, seed, events, hidden = 256, compress }: Omit<Setting, "heldOut" | "progress">,
  { name, log, workers }: { readonly name: string; readonly log: string; readonly workers: number },
): { readonly out: string; readonly args: readonly string[] } => {
  const out = join(folder, `${log}-${name}.safetensors`);
  return {
    out,
    args: [
      ...["--nats", servers, "--subjects", subjects.join(","), "--log", log, "--workers", String(workers)],
      ...["--until", String(events), "--seed", String(seed), "--out", out],
      ...["--hidden", String(hidden), ...(compress ? ["--compress", compress] : [])],
    ],
  };
};

/** So many processes that learn from the broker, each event once among them. */
export const runWorkers = async (
  server: Broker,
  setting: Setting,
  workers: number,
  log: string,
): Promise<Run> => {
  const told = chronicle(setting.progress);
  const plans = Array.from({ length: workers }, (_, i) => {
    const name = `worker-${i}`;
    return { name, ...workerArgs(server, setting, { name, log, workers }) };
  });
  const hands = plans.map(({ name, args }) => hand("worker", name, args, told.tell(name)));
  await Promise.all(hands.map(({ ended }) => ended));
  return summary(
    told,
    plans.map(({ out }) => out),
    setting.events,
    setting.heldOut,
    setting.hidden,
  );
};
