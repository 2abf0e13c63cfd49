import type { Kafka, Producer } from "kafkajs";
import type { Sample } from "rxgrad";
import { kafkaInput, toKafka } from "rxgrad/kafka";
import type { Observable } from "rxjs";

export interface Score {
  readonly user: string;
  readonly score: number;
}

/** Scores by user, so that those of one user stay in order. */
export const keepScores = (producer: Producer, scores$: Observable<Score>) =>
  scores$.pipe(toKafka(producer, { topic: "scores", key: ({ user }) => user }));

/** What learning on several machines reads: all partitions of a topic, and a group that shows how far it has come. */
export const samplesOf = (kafka: Kafka) =>
  kafkaInput<Sample>(kafka, { topic: "samples", partitions: 12, groupId: "fraud" });
