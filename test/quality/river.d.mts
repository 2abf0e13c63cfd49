export function riverRun(
  data: { readonly x: readonly (readonly number[])[]; readonly y: readonly number[] },
  options: { readonly kind: "value" | "yes"; readonly rate: number },
): {
  readonly predictions: readonly number[];
  readonly accuracy: number;
  readonly f1: number;
  readonly mae: number;
  readonly rmse: number;
};
