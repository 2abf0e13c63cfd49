import { type Model, model, type Plan } from "rxgrad";

/** The same numbers in float64, which rounds so little that it is the truth here. */
export const exact = (plan: Plan, { weights }: Model): Model => {
  const twin = model(plan, { precision: "float64" });
  twin.weights.values.data.set(weights.values.data);
  twin.weights.buffers.data.set(weights.buffers.data);
  return twin;
};
