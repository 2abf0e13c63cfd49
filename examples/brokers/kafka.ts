import { Kafka } from "kafkajs";
import { adam, chain, dense, load, meanSquaredError, model, type Sample, train } from "rxgrad";
import { fromKafka } from "rxgrad/kafka";
import { checkpoint, resume } from "rxgrad/node";
import { deliveries } from "rxgrad/sources";
import { whenMain } from "../whenMain.ts";

/** Learns from the samples in a topic, each once however often the process is killed and started again. */
export const learnFromKafka = (kafka: Kafka, topic: string, dir: string) => {
  const net = model(chain(dense(2, 16, { activation: "tanh" }), dense(16, 1)), { seed: 1 });
  const saved = resume(dir);
  if (saved) load(net, saved.bytes);
  const ledger = deliveries({ ack: "checkpointed", from: saved?.position });
  return fromKafka<Sample>(kafka, { topics: [topic], from: ledger.from }).pipe(
    ledger.receive(),
    ledger.learn(32, train(net, { loss: meanSquaredError(), optimizer: adam(0.01) })),
    checkpoint(net, { dir, every: 20, position: ledger.position, written: ledger.written }),
  );
};

whenMain(import.meta.url, async () => {
  const [broker = "127.0.0.1:9092", dir = "checkpoints"] = process.argv.slice(2);
  learnFromKafka(new Kafka({ brokers: [broker] }), "samples", dir).subscribe();
});
