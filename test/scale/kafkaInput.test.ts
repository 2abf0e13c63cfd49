import { kafkaInput } from "../../src/scale/kafkaInput.ts";
import { hasKafkaCluster, kafkaCluster } from "../support/kafkaCluster.ts";
import { kafkaProducer, quietKafka } from "../support/quietKafka.ts";
import { partitionedInputLaws, type Told } from "./partitionedInputLaws.ts";

partitionedInputLaws("kafkaInput()", { name: "librdkafka1", available: hasKafkaCluster }, async () => {
  const cluster = await kafkaCluster();
  const { kafka } = quietKafka(cluster);
  const producer = await kafkaProducer(kafka);
  let topics = 0;
  return {
    source: async () => {
      const topic = `in-${++topics}`;
      await cluster.topic(topic, 3);
      return {
        open: async (options = {}) =>
          kafkaInput<Told>(kafka, { topic, partitions: 3, ahead: 16, ...options }),
        send: async (partition, value) => {
          await producer.send({ topic, acks: -1, messages: [{ partition, value }] });
        },
      };
    },
    crash: async () => {
      await cluster.kill();
      await cluster.restart();
    },
    end: async () => {
      await producer.disconnect();
      await cluster.stop();
    },
  };
});
