import { headers, type NatsConnection } from "@nats-io/transport-node";
import type { Redis } from "ioredis";
import { writeMessage } from "../../src/scale/message.ts";

/** Writes into the log of that name past `append`, also as though it was that writer, and answers how many entries that makes. */
export type Stranger = (name: string, writer: string) => Promise<number>;

const forged = writeMessage({ kind: "leave", incarnation: 1 });

export const natsStranger =
  (connection: NatsConnection): Stranger =>
  async (name, writer) => {
    const withId = headers();
    withId.set("Nats-Msg-Id", `${writer} forged ${Math.floor(performance.now() * 1e6)}`);
    const huge = new Uint8Array(connection.info!.max_payload);
    const written: readonly (readonly [subject: string, body: Uint8Array | string])[] = [
      [writer, ""],
      [writer, forged],
      ["nobody", "x"],
      ["%", forged],
      [writer, huge],
    ];
    for (const [subject, body] of written) connection.publish(`${name}.log.${subject}`, body);
    connection.publish(`${name}.log.${writer}`, forged, { headers: withId });
    connection.publish(`${name}.log.too.long`, "x"); // is nobody's, and lost
    await connection.flush();
    return written.length + 1;
  };

export const redisStranger =
  (redis: Redis): Stranger =>
  async (name, writer) => {
    const key = `{${name}}:log`;
    await redis.xadd(key, "*", "writer", writer);
    await redis.xadd(key, "*", "body", Buffer.alloc(2 ** 24 + 1), "writer", "nobody");
    await redis.eval(meddle, 1, key, writer, Buffer.from(forged));
    return 6;
  };

/** At once, since ids behind the last one are possible only until somebody has brought the log in order. */
const meddle = `
local top = redis.call("XREVRANGE", KEYS[1], "+", "-", "COUNT", 1)[1]
local ms = string.match(top[1], "^%d+")
redis.call("XADD", KEYS[1], ms .. "-7", "a", "b")
redis.call("XADD", KEYS[1], string.format("%.0f-0", ms + 1), "writer", ARGV[1], "body", ARGV[2])
redis.call("XADD", KEYS[1], string.format("%.0f-0", ms + 2), "writer", "no name", "body", "", "more", "fields")
redis.call("XADD", KEYS[1], "18446744073709551615-1", "writer", ARGV[1], "body", "last")
redis.call("XADD", KEYS[1], "18446744073709551615-18446744073709551615", "a", "b")
redis.call("XDEL", KEYS[1], "18446744073709551615-18446744073709551615")`;
