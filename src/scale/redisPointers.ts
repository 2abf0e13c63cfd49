import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { ownRedis, patientRedis } from "../adapters/patientRedis.ts";
import { pointerScript } from "./pointerScript.ts";
import type { Pointer } from "./updateLog.ts";

/** Pointers in Redis: for each a stream of one entry, whose id is the revision. */
export const redisPointers = (redis: Redis, own: Redis, keyOf: (pointer: string) => string) => ({
  get: async (pointer: string, closing: AbortSignal): Promise<Pointer | undefined> =>
    (await newest(own, keyOf(pointer), closing))?.pointer,
  /** What the script answers. */
  set: (pointer: string, value: string, revision: number): (() => Promise<unknown>) => {
    const id = randomUUID();
    return () => own.eval(pointerScript, 1, keyOf(pointer), revision, id, value);
  },
  /** Looks once a second without being told, since a pointer begins anew when a stranger has given it the last id there is. */
  watch: async function* (pointer: string, over: AbortSignal): AsyncGenerator<Pointer, void, undefined> {
    const key = keyOf(pointer);
    const watcher = ownRedis(redis);
    const leave = (): void => watcher.disconnect();
    over.addEventListener("abort", leave);
    try {
      for (let told = "0"; !over.aborted; ) {
        const now = await newest(watcher, key, over);
        if (now && now.id !== told) {
          told = now.id;
          yield now.pointer;
        } else await patientRedis(() => watcher.xread("COUNT", 1, "BLOCK", 1000, "STREAMS", key, told), over);
      }
    } catch (error) {
      if (!over.aborted) throw error;
    } finally {
      over.removeEventListener("abort", leave);
      leave();
    }
  },
});

const newest = async (
  redis: Redis,
  key: string,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly pointer: Pointer } | undefined> => {
  const [found] = await patientRedis(() => redis.xrevrangeBuffer(key, "+", "-", "COUNT", 1), signal);
  if (!found) return undefined;
  const id = String(found[0]);
  const revision = Math.min(Number.parseInt(id, 10), Number.MAX_SAFE_INTEGER);
  return { id, pointer: { value: String(found[1][3]), revision } };
};
