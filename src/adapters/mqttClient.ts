import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { invalid, inWords } from "../math/invalid.ts";
import { backoff } from "./pause.ts";

/** A client of the package mqtt, or the URL of a broker. */
export type MqttTarget = MqttClient | string | URL;

/** Refuses what is neither. @throws InvalidInputError */
export const checkMqttTarget = (actor: string, target: unknown): void => {
  const able =
    typeof target === "string" ||
    target instanceof URL ||
    (typeof target === "object" && target !== null && "handleMessage" in target);
  if (!able) throw invalid(actor, "an MqttClient, or the URL of a broker", inWords(target));
};

/**
 * The client of a target, with the function that ends it, if it is its own. One of its own waits twice as long after each try to connect
 * again that fails, from `reconnectPeriod` up to 30 seconds.
 */
export const mqttClient = (
  target: MqttTarget,
  options: IClientOptions,
): { readonly client: MqttClient; readonly end: () => void } => {
  if (typeof target === "object" && !(target instanceof URL)) return { client: target, end: () => {} };
  const client = connect(String(target), options);
  const { reconnectPeriod: first = 1000 } = client.options;
  let failures = 0;
  const retryIn = (tries: number): void => {
    failures = tries;
    client.options.reconnectPeriod = backoff(first, Math.max(first, longest), failures);
  };
  client.on("reconnect", () => retryIn(failures + 1)).on("connect", () => retryIn(0));
  return {
    client,
    end: () => {
      client.on("error", () => {}); // nobody is left to hear of it
      if (!client.connected) {
        client.end(true);
        return;
      }
      const force = setTimeout(() => client.end(true), patience);
      client.end(false, () => clearTimeout(force)); // what was acknowledged is sent first
    },
  };
};

/** Milliseconds to wait at most for another try to connect. */
const longest = 30_000;

/** Milliseconds in which a broker may take what is still to be sent. */
const patience = 1000;

/** Whether an error lasts: the broker has refused something; connections that are lost are made again. */
export const mqttRefusal = (error: unknown): boolean =>
  typeof (error as { readonly code?: unknown } | null)?.code === "number";
