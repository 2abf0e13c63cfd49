import Fastify, { type FastifyInstance } from "fastify";
import { joinLabels, minibatch, type Sample, train } from "rxgrad";
import { map, Subject } from "rxjs";
import { whenMain } from "../whenMain.ts";
import { learns, network, type Payment, paymentOf, rowOf } from "./fraud.ts";

interface Asked {
  readonly id: string;
  readonly payment: Payment;
}
interface Reviewed {
  readonly id: string;
  readonly fraud: boolean;
}

const day = 24 * 3600_000;

/** Two routes: one predicts, and answers with an id; the other takes the truth for that id, days later. */
export const fastify = (): FastifyInstance => {
  const net = network();
  const asked$ = new Subject<Asked>();
  const reviewed$ = new Subject<Reviewed>();
  const learning = joinLabels(asked$, reviewed$, {
    key: ({ id }) => id,
    maxPending: 100_000,
    ttl: 45 * day,
    onExpired: ({ id }) => ({ id, fraud: false }), // nobody complained
  })
    .pipe(
      map(({ item, label }): Sample => ({ x: rowOf(item.payment), y: label.fraud ? 1 : 0 })),
      minibatch(16, { maxWait: 1000 }),
      train(net, { ...learns, onInvalid: "skip" }),
    )
    .subscribe({ error: (error) => app.log.error(error) });

  const app = Fastify({ bodyLimit: 10_000, forceCloseConnections: true });
  app.post("/payments", (request, reply) => {
    let payment: Payment;
    try {
      payment = paymentOf(request.body);
    } catch (error) {
      return reply.code(400).send({ error: (error as Error).message });
    }
    const id = crypto.randomUUID();
    const [fraud] = net.predict(rowOf(payment)).data;
    asked$.next({ id, payment });
    return reply.send({ id, fraud });
  });
  app.put<{ Params: { id: string } }>("/payments/:id", (request, reply) => {
    const { fraud } = (request.body ?? {}) as { fraud?: unknown };
    if (typeof fraud !== "boolean") return reply.code(400).send({ error: "fraud is true or false" });
    reviewed$.next({ id: request.params.id, fraud });
    return reply.code(202).send();
  });
  app.addHook("onClose", () => {
    learning.unsubscribe();
    net.dispose();
  });
  return app;
};

whenMain(import.meta.url, () => fastify().listen({ port: Number(process.env.PORT ?? 8080) }));
