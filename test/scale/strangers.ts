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
    const [top] = await redis.xrevrange(key, "+", "-", "COUNT", 1);
    const milliseconds = Number.parseInt(top?.[0] ?? "0", 10);
    await redis.xadd(key, `${milliseconds}-7`, "a", "b");
    await redis.xadd(key, `${milliseconds + 1}-0`, "writer", writer, "body", Buffer.from(forged));
    await redis.xadd(key, "*", "writer", writer);
    await redis.xadd(key, "*", "body", Buffer.alloc(2 ** 24 + 1), "writer", "nobody");
    await redis.xadd(key, "*", "writer", "no name", "body", "", "more", "fields");
    await redis.xadd(key, "18446744073709551615-1", "writer", writer, "body", "last");
    const last = "18446744073709551615-18446744073709551615";
    await redis.multi().xadd(key, last, "a", "b").xdel(key, last).exec();
    return 6;
  };
