import { connect, type NatsConnection } from "@nats-io/transport-node";
import { adam, chain, dense, load, meanSquaredError, model, type Sample, train } from "rxgrad";
import { fromJetStream } from "rxgrad/nats";
import { checkpoint, resume } from "rxgrad/node";
import { deliveries } from "rxgrad/sources";
import { whenMain } from "../whenMain.ts";

/** Learns from the samples in a stream, each once however often the process is killed and started again. */
export const learnFromNats = (connection: NatsConnection, stream: string, dir: string) => {
  const net = model(chain(dense(2, 16, { activation: "tanh" }), dense(16, 1)), { seed: 1 });
  const saved = resume(dir);
  if (saved) load(net, saved.bytes);
  const ledger = deliveries({ ack: "checkpointed", from: saved?.position });
  return fromJetStream<Sample>(connection, { stream, after: ledger.from(stream) }).pipe(
    ledger.receive(),
    ledger.learn(32, train(net, { loss: meanSquaredError(), optimizer: adam(0.01) })),
    checkpoint(net, { dir, every: 20, position: ledger.position, written: ledger.written }),
  );
};

whenMain(import.meta.url, async () => {
  const [servers = "127.0.0.1:4222", dir = "checkpoints"] = process.argv.slice(2);
  const connection = await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  learnFromNats(connection, "samples", dir).subscribe();
});
