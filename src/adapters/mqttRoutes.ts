import type { IPublishPacket, MqttClient } from "mqtt";

/** What takes the messages of some topics; `done` has the next one come, acknowledged unless it is given an error. */
export interface MqttRoute {
  readonly filter: string;
  take(packet: IPublishPacket, done: (later?: Error) => void): void;
}

/** The routes of each client that has some: what it does with a message is one function, for all who share it. */
const routes = new WeakMap<MqttClient, MqttRoute[]>();

/** Has a client give the messages of a route to it, and no others; the function that it returns ends that. */
export const routed = (client: MqttClient, route: MqttRoute): (() => void) => {
  let list = routes.get(client);
  if (!list) {
    const own: MqttRoute[] = [];
    list = own;
    routes.set(client, own);
    const others = client.handleMessage.bind(client);
    client.handleMessage = (packet, done) => {
      const found = own.find(({ filter }) => matchesTopic(filter, packet.topic));
      if (found) found.take(packet, done);
      else others(packet, done);
    };
  }
  const all = list;
  all.push(route);
  return () => void all.splice(all.indexOf(route), 1);
};

/** Whether a topic is one of a filter's: `+` stands for one level, `#` for all that follow, and shared subscriptions are as others. */
export const matchesTopic = (filter: string, topic: string): boolean => {
  const levels = filter.replace(/^\$share\/[^/]+\//, "").split("/");
  const parts = topic.split("/");
  if (topic.startsWith("$") && levels[0] !== parts[0]) return false;
  for (const [i, level] of levels.entries()) {
    if (level === "#") return true;
    if (parts[i] === undefined || (level !== "+" && level !== parts[i])) return false;
  }
  return parts.length === levels.length;
};
