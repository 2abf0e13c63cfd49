import { adam, binaryCrossentropy, chain, dense, type Model, model, type Random, type Sample } from "rxgrad";

/** What the recipes learn: whether a payment is a fraud. */
export interface Payment {
  readonly euros: number;
  readonly abroad: boolean;
}

/** A payment as a row: its size in powers of ten, around 100 €. */
export const rowOf = ({ euros, abroad }: Payment): number[] => [Math.log10(euros) - 2, abroad ? 1 : 0];

export const sampleOf = (payment: Payment, fraud: boolean): Sample => ({
  x: rowOf(payment),
  y: fraud ? 1 : 0,
});

export const network = (): Model =>
  model(chain(dense(2, 8, { activation: "relu" }), dense(8, 1, { activation: "sigmoid" })), { seed: 1 });

export const learns = { loss: binaryCrossentropy(), optimizer: adam(0.01) };

/** What comes from outside is a payment, or an error that says why not. */
export const paymentOf = (body: unknown): Payment => {
  const { euros, abroad } = (body ?? {}) as Partial<Payment>;
  if (typeof euros !== "number" || !(euros > 0 && euros < 1e9) || typeof abroad !== "boolean")
    throw new TypeError("a payment is { euros: a number above 0, abroad: true or false }");
  return { euros, abroad };
};

/** Payments with what came out later: large ones abroad are mostly frauds. */
export const someReviewed = (rng: Random): { readonly payment: Payment; readonly fraud: boolean } => {
  const [euros, abroad] = [10 ** (1 + 3 * rng.uniform()), rng.uniform() < 0.3];
  return { payment: { euros, abroad }, fraud: abroad && euros > 500 && rng.uniform() < 0.9 };
};
