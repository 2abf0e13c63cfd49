import { fromEvent, map, merge, type Observable } from "rxjs";
import { el } from "../../src/dashboard/page/el.ts";
import { extraInputs } from "./inputs.ts";
import { formatPercent, labels, speedLabel } from "./labels.ts";
import { part } from "./part.ts";
import { choices, extras, isSeed, mostLayers, mostNeurons, type Settings } from "./settings.ts";

/** What somebody changes; the rest stays. */
export type Change = Partial<Settings>;

export interface Controls {
  readonly changes$: Observable<Change>;
  show(settings: Settings): void;
}

type Ranged = "speed" | "rate" | "noise";
const ranges: Readonly<Record<Ranged, (value: number) => string>> = {
  speed: speedLabel,
  rate: String,
  noise: (noise) => formatPercent(noise).replace(".0", ""),
};
const selects = [
  ["drift-kind", "drift"],
  ["pace", "pace"],
  ["batch", "batch"],
  ["optimizer", "optimizer"],
  ["penalty", "penalty"],
  ["strength", "strength"],
  ["detector", "detector"],
  ["policy", "policy"],
  ["activation", "activation"],
] as const;

/** The sliders, lists and fields of the page, for settings of every kind but the network's own. */
export const controls = (): Controls => {
  const shows: ((settings: Settings) => void)[] = [];
  const sliders = (Object.keys(ranges) as Ranged[]).map((name): Observable<Change> => {
    const [input, output] = [part(name, HTMLInputElement), part(`${name}-value`, HTMLOutputElement)];
    const values: readonly number[] = choices[name];
    Object.assign(input, { min: "0", max: String(values.length - 1), step: "1" });
    shows.push((settings) => {
      const text = ranges[name](settings[name]);
      input.value = String(values.indexOf(settings[name]));
      if (name === "rate") input.disabled = settings.optimizer === "cocob";
      output.value = input.disabled ? "needs none" : text;
      input.setAttribute("aria-valuetext", output.value);
    });
    return fromEvent(input, "input").pipe(map(() => ({ [name]: values[Number(input.value)]! })));
  });
  const lists = selects.map(([id, name]): Observable<Change> => {
    const select = part(id, HTMLSelectElement);
    const words: Readonly<Record<string, string>> = name in labels ? labels[name as keyof typeof labels] : {};
    select.append(
      ...choices[name].map((one) => el("option", { value: String(one) }, words[one] ?? String(one))),
    );
    shows.push((settings) => {
      select.value = String(settings[name]);
      if (name === "strength") select.disabled = settings.penalty === "none";
    });
    return fromEvent(select, "change").pipe(map(() => ({ [name]: choices[name][select.selectedIndex]! })));
  });
  const boxes = extras.map((name) => ({
    name,
    input: el("input", { type: "checkbox", name: "extras", value: name }),
  }));
  part("extras", HTMLElement).append(
    ...boxes.map(({ name, input }) => el("label", {}, input, extraInputs[name].name)),
  );
  shows.push((settings) => {
    for (const { name, input } of boxes) input.checked = settings.extras.includes(name);
  });
  const toggles = boxes.map(({ input }) =>
    fromEvent(input, "change").pipe(
      map((): Change => ({ extras: boxes.filter((box) => box.input.checked).map(({ name }) => name) })),
    ),
  );
  const seed = part("seed", HTMLInputElement);
  shows.push((settings) => {
    if (seed.value !== String(settings.seed)) seed.value = String(settings.seed);
  });
  const seeds = fromEvent(seed, "change").pipe(
    map((): Change => (seed.value !== "" && isSeed(Number(seed.value)) ? { seed: Number(seed.value) } : {})),
  );
  return {
    changes$: merge(...sliders, ...lists, ...toggles, seeds),
    show: (settings) => {
      for (const one of shows) one(settings);
    },
  };
};

/** Layers with one more or less at the end, as long as there may be. */
export const withLayer = ({ layers }: Settings, by: 1 | -1): Change => {
  const changed = by > 0 ? [...layers, layers.at(-1) ?? 4] : layers.slice(0, -1);
  return { layers: changed.slice(0, mostLayers) };
};

/** A hidden layer with one neuron more or less, as long as there may be. */
export const withNeuron = ({ layers }: Settings, layer: number, by: 1 | -1): Change => ({
  layers: layers.map((n, i) => (i === layer ? Math.max(1, Math.min(mostNeurons, n + by)) : n)),
});
