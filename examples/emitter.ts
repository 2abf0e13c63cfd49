import { EventEmitter } from "node:events";
import { adam, chain, dense, huber, minibatch, model, random, train } from "rxgrad";
import { fromEvent, map, type Observable } from "rxjs";
import { whenMain } from "./whenMain.ts";

interface Order {
  readonly dishes: number;
  readonly waiting: number;
}
/** What a kitchen says when an order is done. */
interface Cooked extends Order {
  readonly minutes: number;
}

const features = ({ dishes, waiting }: Order): number[] => [dishes / 5, waiting / 10];

/** Listens to a kitchen, learns as it goes how long an order takes, and answers at any time. */
const estimator = (kitchen: EventEmitter) => {
  const net = model(chain(dense(2, 12, { activation: "tanh" }), dense(12, 1)), { seed: 1 });
  const cooked$ = fromEvent(kitchen, "cooked") as Observable<Cooked>;
  const learning = cooked$
    .pipe(
      map((cooked) => ({ x: features(cooked), y: cooked.minutes / 30 })),
      minibatch(8, { maxWait: 1000 }), // learns a second after an event, at the latest
      train(net, { loss: huber(), optimizer: adam(0.01) }),
    )
    .subscribe({ error: (error) => kitchen.emit("error", error) });
  return {
    minutesFor: (order: Order): number => 30 * net.predict(features(order)).data[0]!,
    stop: () => learning.unsubscribe(),
  };
};

/** An application of events, such as there are many; the network is one more listener. */
export const emitter = (log: (line: string) => void = console.log): number[] => {
  const kitchen = new EventEmitter();
  const estimates = estimator(kitchen);
  const errors: number[] = [];
  kitchen.on("ordered", (order: Order) => {
    const promised = estimates.minutesFor(order);
    const minutes = 5 + 2 * order.dishes + order.waiting * (order.dishes > 3 ? 2 : 1) + rng.normal();
    errors.push(Math.abs(promised - minutes));
    kitchen.emit("cooked", { ...order, minutes });
  });

  const rng = random(3);
  for (let i = 0; i < 2000; i++)
    kitchen.emit("ordered", { dishes: 1 + rng.below(6), waiting: rng.below(12) });
  estimates.stop();
  const mean = (some: number[]): string => (some.reduce((a, b) => a + b) / some.length).toFixed(1);
  log(
    `the first 100 orders: ${mean(errors.slice(0, 100))} minutes off; the last: ${mean(errors.slice(-100))}`,
  );
  return errors;
};

whenMain(import.meta.url, () => emitter());
