import { expect, it } from "vitest";
import { mqttClient } from "../../src/adapters/mqttClient.ts";
import { hasMosquitto, mosquitto } from "../support/mosquitto.ts";
import { needs } from "../support/needs.ts";

it("mqttClient() waits twice as long after each try that fails, and begins anew when it is connected", async (test) => {
  needs(test, "mosquitto", hasMosquitto);
  const broker = await mosquitto();
  const { client, end } = mqttClient(broker.url, { reconnectPeriod: 1 });
  client.on("error", () => {}); // it connects again
  const connected = () => new Promise<void>((resolve) => client.once("connect", () => resolve()));
  await connected();
  const waits: (number | undefined)[] = [];
  const tried = new Promise<void>((resolve) => {
    client.on("close", () => {
      if (waits.push(client.options.reconnectPeriod) === 6) resolve();
    });
  });
  await broker.kill();
  await tried;
  expect(waits.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 32]);
  const again = connected();
  await broker.restart();
  await again;
  expect(client.options.reconnectPeriod).toBe(1);
  end();
  await broker.stop();
});

it("mqttClient() leaves a client alone that it is given", async (test) => {
  needs(test, "mosquitto", hasMosquitto);
  const broker = await mosquitto();
  const { client, end: close } = mqttClient(broker.url, {});
  const names = client.eventNames().map((name) => [name, client.listenerCount(name)]);
  const given = mqttClient(client, {});
  given.end();
  expect(given.client).toBe(client);
  expect(client.eventNames().map((name) => [name, client.listenerCount(name)])).toEqual(names);
  close();
  await broker.stop();
});
