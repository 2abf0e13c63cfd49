import { expect, it } from "vitest";
import { toKafka } from "../../src/adapters/toKafka.ts";
import { hasKafkaCluster, kafkaCluster } from "../support/kafkaCluster.ts";
import { needs } from "../support/needs.ts";
import { kafkaProducer, quietKafka } from "../support/quietKafka.ts";
import { killedLearner } from "./killedLearner.ts";

it("learnFromKafka() comes to the same bits when it is killed again and again, and its broker too", async (test) => {
  needs(test, "librdkafka1", hasKafkaCluster);
  const cluster = await kafkaCluster();
  const { kafka } = quietKafka(cluster);
  await cluster.topic("samples", 1);
  const producer = await kafkaProducer(kafka);
  try {
    const store = toKafka(producer, { topic: "samples", capacity: 100_000 });
    await killedLearner("kafka.ts", cluster.brokers[0]!, cluster, store);
    const admin = kafka.admin();
    await admin.connect();
    expect(await admin.fetchTopicOffsets("samples")).toMatchObject([{ high: "12800", low: "0" }]);
    await admin.disconnect();
  } finally {
    await producer.disconnect();
    await cluster.stop();
  }
}, 200_000);
