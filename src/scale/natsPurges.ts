import { randomUUID } from "node:crypto";
import type { StoredMsg } from "@nats-io/jetstream";
import { isAppended, natsAppends } from "./natsAppends.ts";
import type { NatsEngine } from "./natsEngine.ts";
import { isSequenceConflict } from "./sequenceConflict.ts";

/** Lets go of the beginning of a log's stream, and says below which sequence it has been let go of: a mark under a key of the bucket. */
export const natsPurges = (engine: NatsEngine, name: string, key: string) => {
  const bucket = `KV_${name}`;
  const appends = natsAppends(engine, name);
  const markNow = () => engine.lastOn(bucket, key);
  return {
    below: async (): Promise<number> => markOf(await markNow()),
    purge: async (below: number): Promise<void> => {
      for (;;) {
        const mark = await markNow();
        if (markOf(mark) >= below) break;
        const body = new TextEncoder().encode(String(below));
        const set = engine.publish(bucket, key, body, mark?.seq ?? 0, randomUUID());
        const again = await set.then(
          () => false,
          (error) => isSequenceConflict(error) || Promise.reject(error),
        );
        if (!again) break;
      }
      const { state } = await engine.call(({ manager }) =>
        manager.streams.info(name, { subjects_filter: ">" }),
      );
      for (const filter of Object.keys(state.subjects ?? {})) {
        const seq = Math.min(below, (await appends.last(filter)) ?? below);
        if (seq > 1) await engine.call(({ manager }) => manager.streams.purge(name, { filter, seq })); // servers take 1 for all
      }
    },
  };
};

/** What a mark says; one that a stranger has set says nothing. */
const markOf = (mark: StoredMsg | null): number => {
  const text = isAppended(mark?.header) ? mark!.string() : "";
  return /^\d{1,15}$/.test(text) ? Math.max(1, Number(text)) : 1;
};
