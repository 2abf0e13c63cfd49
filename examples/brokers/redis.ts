import { Redis } from "ioredis";
import { adam, chain, dense, load, meanSquaredError, model, type Sample, train } from "rxgrad";
import { checkpoint, resume } from "rxgrad/node";
import { fromRedisStream } from "rxgrad/redis";
import { deliveries } from "rxgrad/sources";
import { whenMain } from "../whenMain.ts";

/** Learns from the samples in a stream, each once however often the process is killed and started again. */
export const learnFromRedis = (redis: Redis, stream: string, dir: string) => {
  const net = model(chain(dense(2, 16, { activation: "tanh" }), dense(16, 1)), { seed: 1 });
  const saved = resume(dir);
  if (saved) load(net, saved.bytes);
  const ledger = deliveries({ ack: "checkpointed", from: saved?.position });
  return fromRedisStream<Sample>(redis, { stream, after: ledger.from(stream) }).pipe(
    ledger.receive(),
    ledger.learn(32, train(net, { loss: meanSquaredError(), optimizer: adam(0.01) })),
    checkpoint(net, { dir, every: 20, position: ledger.position, written: ledger.written }),
  );
};

whenMain(import.meta.url, () => {
  const [port = "6379", dir = "checkpoints"] = process.argv.slice(2);
  const redis = new Redis(Number(port), "127.0.0.1", { retryStrategy: () => 100 });
  redis.on("error", () => {}); // connects again
  learnFromRedis(redis, "samples", dir).subscribe();
});
