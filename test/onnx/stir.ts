import { type Model, random } from "rxgrad";

/** Leaves weights as training leaves them, and statistics that are not those of the start. */
export const stir = ({ weights }: Model, seed: number): void => {
  const draws = random(seed, 1000);
  for (const { value } of weights.parameters)
    for (let i = 0; i < value.data.length; i++) value.data[i]! += 0.3 * (draws.uniform() - 0.5);
  for (const { buffers } of weights.layers)
    for (const [key, { data }] of Object.entries(buffers))
      for (let i = 0; i < data.length; i++)
        data[i] = key === "mean" ? draws.uniform() - 0.5 : 0.5 + draws.uniform();
};
