import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { OwnServer } from "./ownServer.ts";

/** A cluster that speaks Kafka's protocol, of the test's own, in another process. */
export interface KafkaCluster extends Pick<OwnServer, "kill" | "restart" | "stop"> {
  readonly brokers: readonly string[];
  topic(name: string, partitions: number): Promise<void>;
  /** The next requests of a kind are refused so, one each. */
  fail(api: number, errors: readonly number[]): Promise<void>;
}

/** Whether Debian's `librdkafka1` is here, which contains such a cluster for the tests of its own. */
export const hasKafkaCluster: boolean = (() => {
  try {
    const listed = execFileSync("ldconfig", ["-p"], { env: { PATH: `${process.env.PATH}:/sbin:/usr/sbin` } });
    return String(listed).includes("librdkafka.so.1");
  } catch {
    return false;
  }
})();

/**
 * The mock cluster of librdkafka: topics, groups and their offsets, in memory. Nothing of a real broker's disk, transactions or numbers
 * of idempotent producers. `kill` closes all connections and answers no more, until `restart`.
 */
export const kafkaCluster = async (brokers = 1): Promise<KafkaCluster> => {
  const program = fileURLToPath(new URL("kafkaBroker.mjs", import.meta.url));
  const child = fork(program, [String(brokers)], { execArgv: [] });
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  const [addresses] = (await once(child, "message")) as [string];
  let last: Promise<unknown> = Promise.resolve();
  const call = (...message: readonly unknown[]): Promise<void> => {
    const answered = last.then(() => {
      child.send([...message]);
      return once(child, "message");
    });
    last = answered;
    return answered.then(() => {});
  };
  return {
    brokers: addresses.split(","),
    topic: (name, partitions) => call("topic", name, partitions),
    fail: (api, errors) => call("fail", api, errors),
    kill: () => call("down"),
    restart: () => call("up"),
    stop: async () => {
      process.off("exit", end);
      const exited = once(child, "exit");
      end();
      await exited;
    },
  };
};
