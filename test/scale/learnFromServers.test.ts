import { connect } from "@nats-io/transport-node";
import { lastValueFrom, tap } from "rxjs";
import { expect, it } from "vitest";
import { model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { learnFrom } from "../../src/scale/learnFrom.ts";
import { natsLog } from "../../src/scale/natsLog.ts";
import { hasNatsServer, natsServer } from "../support/natsServer.ts";
import { needs } from "../support/needs.ts";
import { arrayInput, type Event, eventsOf, tally } from "./arrays.ts";

it("learnFrom() on NATS learns each event once, to the same bits, while the server is killed", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const server = await natsServer();
  const events = eventsOf(3, 400);
  const nets = ["a", "b", "c"].map((worker, i) => ({
    worker,
    net: model(chain(dense(3, 8, { activation: "tanh" }), dense(8, 1)), { seed: i }),
  }));
  const { servers } = server;
  const connections = await Promise.all(
    nets.map(() => connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 20 })),
  );
  let crash: Promise<void> = Promise.resolve();
  try {
    const lasts = await Promise.all(
      nets.map(({ worker, net }, i) =>
        lastValueFrom(
          learnFrom(arrayInput(events), {
            ...{ log: natsLog(connections[i]!, { name: "learning" }), worker, model: net, workers: 3 },
            ...{ loss: meanSquaredError(), optimizer: sgd(0.05), batch: 8, every: 2, snapshotEvery: 3 },
            ...{ samples: ({ x, y }: Event) => ({ x, y }), statistics: { seen: tally() }, timeout: 60_000 },
          }).pipe(
            tap(({ round }) => {
              if (i === 0 && (round === 5 || round === 15))
                crash = crash.then(() => server.kill()).then(() => server.restart());
            }),
          ),
        ),
      ),
    );
    await crash;
    const seen = lasts[0]!.shared.seen as Map<string, number>;
    expect([seen.size, Math.max(...seen.values())]).toEqual([1200, 1]);
    for (const { net } of nets) expect(net.weights.values.data).toEqual(nets[0]!.net.weights.values.data);
    expect(lasts[0]!.members).toEqual(["a", "b", "c"]);
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
    await server.stop();
  }
});
