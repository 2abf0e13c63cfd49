import { defer, finalize, map, type OperatorFunction } from "rxjs";
import type { Rule } from "../optimizers/rule.ts";
import { updater } from "./updater.ts";
import type { Weights } from "./weights.ts";

/**
 * Lifts a rule to the stream of gradients that reaches the input of a graph wired by hand: each one that arrives means
 * that the batch is done, the weights are updated, and the item goes on. Subscribing starts a new optimizer.
 * @example input.sink.grad$.pipe(optimize(adam(0.01), input.source.wiring.circuit.weights)).subscribe();
 */
export const optimize =
  <T>(rule: Rule, weights: Weights): OperatorFunction<T, T> =>
  (done$) =>
    defer(() => {
      const optimizer = updater(rule, weights);
      return done$.pipe(
        map((item) => {
          optimizer.update();
          return item;
        }),
        finalize(() => optimizer.close()),
      );
    });
