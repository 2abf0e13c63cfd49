import { Observable, type OperatorFunction } from "rxjs";
import type { Rule } from "../optimizers/rule.ts";
import { type Updater, updater } from "./updater.ts";
import type { Weights } from "./weights.ts";

/**
 * Lifts a rule to the stream of gradients that reaches the input of a graph wired by hand: each one that arrives means
 * that the batch is done, the weights are updated, and the item goes on. Subscribing starts a new optimizer.
 * @example input.sink.grad$.pipe(optimize(adam(0.01), input.source.wiring.circuit.weights)).subscribe();
 */
export const optimize =
  <T>(rule: Rule, weights: Weights): OperatorFunction<T, T> =>
  (done$) =>
    new Observable((subscriber) => {
      const optimizer: Updater = updater(rule, weights);
      subscriber.add(() => optimizer.close());
      return done$.subscribe({
        next: (item) => {
          try {
            optimizer.update();
          } catch (error) {
            subscriber.error(error);
            return;
          }
          subscriber.next(item);
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
