/** What is asked of a client of Kafka: what `new Kafka(…)` of kafkajs is, or something of its shape. */
export interface KafkaLike {
  consumer(options: KafkaConsumerOptions): KafkaConsumerLike;
}

/** Of a consumer, as kafkajs calls them; the rest is decided here. */
export interface KafkaConsumerSettings {
  /** The most bytes of a partition that one answer brings: 1 MiB, which is what a partition takes of memory. */
  readonly maxBytesPerPartition?: number;
  /** The most bytes of one answer; 10 MiB. */
  readonly maxBytes?: number;
  /** Milliseconds that a broker waits for messages before it answers that there are none; 100. */
  readonly maxWaitTimeInMs?: number;
  /** Milliseconds after which a group goes on without a process that is silent; 30,000. */
  readonly sessionTimeout?: number;
  /** Milliseconds for the others to come back when somebody joins or leaves; 60,000. */
  readonly rebalanceTimeout?: number;
  readonly heartbeatInterval?: number;
  readonly readUncommitted?: boolean;
  readonly rackId?: string;
}

export interface KafkaConsumerOptions extends KafkaConsumerSettings {
  readonly groupId: string;
  readonly allowAutoTopicCreation: boolean;
  readonly retry: { readonly restartOnFailure: () => Promise<boolean> };
}

export interface KafkaConsumerLike {
  readonly events: Readonly<Record<"GROUP_JOIN" | "REBALANCING" | "COMMIT_OFFSETS" | "CRASH", string>>;
  on(event: string, listener: (event: { readonly payload: unknown }) => void): unknown;
  connect(): Promise<unknown>;
  subscribe(what: { readonly topics: string[]; readonly fromBeginning: boolean }): Promise<unknown>;
  run(how: KafkaRun): Promise<unknown>;
  seek(to: KafkaOffset): unknown;
  pause(what: { readonly topic: string; readonly partitions: number[] }[]): unknown;
  resume(what: { readonly topic: string; readonly partitions: number[] }[]): unknown;
  commitOffsets(offsets: KafkaOffset[]): Promise<unknown>;
  disconnect(): Promise<unknown>;
}

export interface KafkaRun {
  readonly autoCommit: boolean;
  readonly eachBatchAutoResolve: boolean;
  readonly partitionsConsumedConcurrently: number;
  readonly eachBatch: (payload: KafkaBatch) => Promise<void>;
}

/** What one answer brings of one partition. */
export interface KafkaBatch {
  readonly batch: {
    readonly topic: string;
    readonly partition: number;
    readonly messages: readonly KafkaMessage[];
    lastOffset(): string;
  };
  resolveOffset(offset: string): void;
  heartbeat(): Promise<unknown>;
  isRunning(): boolean;
  isStale(): boolean;
}

export interface KafkaOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** A message as it stands in its partition. */
export interface KafkaMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  /** null says that what had this key is gone. */
  readonly value: Buffer | null;
  readonly timestamp: string;
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
}

/** What is asked of a producer, which is connected. */
export interface KafkaProducerLike {
  isIdempotent(): boolean;
  sendBatch(batch: {
    readonly acks: number;
    readonly topicMessages: { readonly topic: string; readonly messages: KafkaToSend[] }[];
  }): Promise<
    readonly { readonly topicName: string; readonly partition: number; readonly baseOffset?: string }[]
  >;
}

export interface KafkaToSend {
  readonly value: Buffer | null;
  readonly key?: Buffer | string;
  readonly partition?: number;
}
