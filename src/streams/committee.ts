import { type Model, model } from "../graph/model.ts";
import { chain } from "../graph/plan.ts";
import { trainer } from "../graph/trainer.ts";
import { dense } from "../layers/dense.ts";
import type { Loss } from "../losses/loss.ts";
import { heUniform, zeroInit } from "../math/initializers.ts";
import { isInvalidInput } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { clipByGlobalNorm } from "../optimizers/clipByGlobalNorm.ts";
import type { RuleOptions } from "../optimizers/defineRule.ts";
import { inOrder } from "../optimizers/inOrder.ts";
import type { Rule } from "../optimizers/rule.ts";
import type { OnlineRow } from "./onlineRows.ts";

/** A net of a committee: none or one hidden layer, and its rule; `recent` nets are also shown what came last. */
export interface Seat {
  readonly name: string;
  readonly hidden?: number;
  readonly recent?: boolean;
  readonly rule: (options: RuleOptions) => Rule;
}

/** Several nets that see the same rows. */
export interface Committee {
  /** By name. */
  readonly models: Readonly<Record<string, Model>>;
  /** What each answers to a row: one row of outputs each. */
  predict(row: OnlineRow): ArrayLike<number>[];
  /** All learn; what each answered before, NaN for what failed. */
  learn(row: OnlineRow, target: Matrix): ArrayLike<number>[];
  /** Forgets what was learned of columns that now stand for something else. */
  forget(columns: readonly number[]): void;
  /** Lets an output begin again at zero. */
  forgetOutput(column: number): void;
  close(): void;
}

/** Nets with heads that begin at zero, so that no output says anything before it has learned; gradients are clipped to length 1. */
export const committee = (
  seats: readonly Seat[],
  shape: {
    readonly width: number;
    readonly context: number;
    readonly outputs: number;
    readonly sparse: boolean;
  },
  { loss, seed }: { readonly loss: Loss; readonly seed: number },
  actor: string,
): Committee => {
  const { width, context, outputs, sparse } = shape;
  const members = seats.map(({ name, hidden, recent = false, rule }) => {
    const inputs = width + (recent ? context : 0);
    const head = (from: number) =>
      dense(from, outputs, { init: zeroInit(), sparse: sparse && from === inputs && !hidden });
    const plan = hidden
      ? chain(dense(inputs, hidden, { activation: "relu", init: heUniform(), sparse }), head(hidden))
      : chain(head(inputs));
    const net = model(plan, { seed });
    const optimizer = inOrder(clipByGlobalNorm(1), rule(sparse ? { lazy: true } : {}));
    return { name, recent, net, engine: trainer(net, { loss, optimizer }, `${actor} in ${name}`) };
  });
  const silent = new Array<number>(outputs).fill(Number.NaN);
  return {
    models: Object.fromEntries(members.map(({ name, net }) => [name, net])),
    predict: ({ plain, recent }) => members.map((one) => one.net.predict(one.recent ? recent : plain).data),
    learn: ({ plain, recent }, y) =>
      members.map((one) => {
        try {
          one.engine.learn({ x: one.recent ? recent : plain, y });
          return one.engine.prediction().data;
        } catch (error) {
          if (!isInvalidInput(error)) throw error;
          return silent;
        }
      }),
    forget: (columns) => {
      for (const { net, engine } of members)
        engine.forget({ inputs: columns.filter((column) => column < net.inputs!) });
    },
    forgetOutput: (column) => {
      for (const { engine } of members) engine.forget({ outputs: [column] });
    },
    close: () => {
      for (const { engine, net } of members) {
        engine.close();
        net.dispose();
      }
    },
  };
};
