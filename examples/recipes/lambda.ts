import { learner, load, save } from "rxgrad";
import { learns, network, type Payment, paymentOf, rowOf } from "./fraud.ts";

/** Where the model lives between calls: an object store that tells versions apart, such as S3 with If-Match. */
export interface Store {
  get(): Promise<{ readonly bytes: Uint8Array; readonly version: string } | undefined>;
  /** Puts when `version` is still that of what is there; false when somebody else was faster. */
  put(bytes: Uint8Array, version: string | undefined): Promise<boolean>;
}

export interface Call {
  readonly body: string;
}
export interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

const answer = (statusCode: number, body: unknown): Answer => ({ statusCode, body: JSON.stringify(body) });

/** What a call asks for: an answer for a payment, and to learn what others were. */
const read = (body: string) => {
  const { payment, reviewed = [] } = JSON.parse(body) as { payment?: unknown; reviewed?: unknown };
  if (!Array.isArray(reviewed)) throw new TypeError("reviewed is a list of { payment, fraud }");
  return {
    payment: paymentOf(payment),
    reviewed: reviewed.map((one: { payment?: unknown; fraud?: unknown }) => {
      if (typeof one?.fraud !== "boolean") throw new TypeError("fraud is true or false");
      return { payment: paymentOf(one.payment), fraud: one.fraud };
    }),
  };
};

/**
 * A handler in the style of AWS Lambda: it loads the model, predicts, learns, and saves. No call relies on the memory of an
 * earlier one; two calls at once both learn, since who comes second loads what the first has saved, and learns again.
 */
export const handler =
  (store: Store, attempts = 5) =>
  async ({ body }: Call): Promise<Answer> => {
    let asked: ReturnType<typeof read>;
    try {
      asked = read(body);
    } catch (error) {
      return answer(400, { error: (error as Error).message });
    }
    for (let attempt = 0; attempt < attempts; attempt++) {
      const found = await store.get();
      const net = network();
      try {
        if (found) load(net, found.bytes);
        const fraud = net.predict(rowOf(asked.payment)).data[0]!;
        const learning = learner(net, learns);
        for (const { payment, fraud } of asked.reviewed) learnFrom(learning, payment, fraud);
        const saved = asked.reviewed.length === 0 || (await store.put(save(net), found?.version));
        if (saved) return answer(200, { fraud, learned: asked.reviewed.length });
      } finally {
        net.dispose();
      }
    }
    return answer(503, {
      error: "too many calls learn at once: gather what was reviewed, and send it together",
    });
  };

const learnFrom = (
  { learnOne }: Pick<ReturnType<typeof learner>, "learnOne">,
  payment: Payment,
  fraud: boolean,
): void => void learnOne(rowOf(payment), fraud ? 1 : 0);
