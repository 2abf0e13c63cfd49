import { filter, Subscription, take } from "rxjs";
import type { Model } from "../graph/model.ts";
import { activations$, gradients$ } from "../graph/taps.ts";
import type { Matrix } from "../math/matrix.ts";
import { histogram } from "./histogram.ts";
import type { LayerView, Reading } from "./pageMessage.ts";

/** Looks into the layers of a model. */
export interface LayerWatch {
  /** Norms of weights and of their latest gradients, by layer; none of a large model, unless somebody looks. */
  norms(looked: boolean): readonly Reading[];
  /** What one batch was to each layer since the look before, and asks for the next; undefined when none has come. */
  look(): readonly LayerView[] | undefined;
  /** Nobody looks any more. */
  rest(): void;
}

/** Models of up to so many numbers are measured whether somebody looks or not: it takes a fraction of a millisecond. */
const small = 1 << 17;

/** Watches a model that learns. What passes its layers is tapped for one batch after each look, and not otherwise. */
export const layerWatch = (model: Model): LayerWatch => {
  const own = [...new Set(model.nodes.map(({ name }) => name))]
    .map((name) => ({ name, parameters: model.parameters.filter((p) => p.name.startsWith(`${name}.`)) }))
    .filter(({ parameters }) => parameters.length > 0);
  const size = model.parameters.reduce((sum, { value }) => sum + value.rows * value.cols, 0);
  let values = new Map<number, Matrix>();
  let gradients = new Map<number, Matrix>();
  let taps = new Subscription();

  const rest = (): void => {
    taps.unsubscribe();
    values = new Map();
    gradients = new Map();
  };
  const tap = (): void => {
    rest();
    taps = new Subscription();
    model.nodes.forEach((_, i) => {
      const sides = [
        [activations$(model, i), values],
        [gradients$(model, i), gradients],
      ] as const;
      for (const [side$, seen] of sides)
        taps.add(
          side$
            .pipe(
              filter(({ mode }) => mode === "train"),
              take(1),
            )
            .subscribe(({ value }) => seen.set(i, value)),
        );
    });
  };
  const viewOf = (i: number): LayerView => {
    const { name } = model.nodes[i]!;
    const weights = own.find((one) => one.name === name)?.parameters[0];
    return {
      ...withSpread("value", "values", values.get(i)),
      ...withSpread("gradient", "gradients", gradients.get(i)),
      ...(weights ? spread("weights", weights.value) : {}),
    };
  };
  return {
    norms: (looked) =>
      size > small && !looked
        ? []
        : own.flatMap(({ name, parameters }): Reading[] => [
            ["layers", "weight norm", name, norm(parameters.map(({ value }) => value))],
            ["layers", "gradient norm", name, norm(parameters.map(({ grad }) => grad))],
          ]),
    look: () => {
      const views = values.size > 0 ? model.nodes.map((_, i) => viewOf(i)) : undefined;
      tap();
      return views;
    },
    rest,
  };
};

const norm = (parts: readonly Matrix[]): number =>
  Math.sqrt(parts.reduce((sum, { data }) => sum + squares(data), 0));

const squares = (data: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]! * data[i]!;
  return sum;
};

const spread = <Name extends string>(name: Name, { data }: Matrix) => {
  const bins = histogram(data);
  return (bins ? { [name]: bins } : {}) as { [N in Name]?: NonNullable<typeof bins> };
};

/** The root mean square, and how the numbers are spread. */
const withSpread = (size: "value" | "gradient", name: "values" | "gradients", m: Matrix | undefined) => {
  const rms = m ? Math.sqrt(squares(m.data) / m.data.length) : Number.NaN;
  return m && Number.isFinite(rms) ? { [size]: rms, ...spread(name, m) } : {};
};
