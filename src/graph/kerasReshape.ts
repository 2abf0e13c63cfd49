import { field } from "../formats/untrusted.ts";
import { linear } from "../layers/linear.ts";
import { type Converter, plain } from "./kerasSite.ts";

/** Reshape, which changes nothing, since the steps of a row lie one after another here. */
export const kerasReshape: Converter = (site) => {
  const size = site.shape.reduce((product, n) => product * n, 1);
  const target = site.look.list(
    `target_shape of ${site.name}`,
    field(site.config, "target_shape"),
  ) as number[];
  const known = target
    .filter((n) => n !== -1)
    .reduce((product, n) => product * site.look.count("target_shape", n), 1);
  const shape = target.map((n) => (n === -1 ? size / known : n));
  if (shape.length > 2 || shape.length === 0 || shape.reduce((product, n) => product * n, 1) !== size)
    throw site.look.refuse(
      `${size} numbers in up to two dimensions as target_shape of ${site.name}`,
      target.join(" × "),
    );
  return plain(
    linear(),
    shape.map((n) => site.look.count("target_shape", n)),
  );
};
