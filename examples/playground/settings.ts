/** What can be chosen, each from a list: the page, the address and the code all read from here. */
export const choices = {
  data: ["moons", "circles", "xor", "spirals", "blobs", "plane", "hills"],
  noise: [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5],
  drift: ["labels", "rotation", "shift"],
  pace: ["abrupt", "gradual"],
  speed: [0, 1, 5, 20, 60, 200, 600, 2000, 6000, Number.POSITIVE_INFINITY],
  batch: [1, 2, 4, 8, 16, 32, 64],
  activation: ["tanh", "relu", "sigmoid", "gelu", "linear"],
  optimizer: ["sgd", "momentum", "adagrad", "rmsprop", "adam", "lion", "cocob"],
  rate: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 1],
  penalty: ["none", "l1", "l2"],
  strength: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
  detector: ["adwin", "hddmA", "pageHinkley"],
  policy: ["alertOnly", "resetOptimizer", "raiseRate", "restart"],
} as const;

/** What can be computed of an event (a, b) for the network: squares, the product, and sines. */
export const extras = ["aa", "bb", "ab", "sina", "sinb"] as const;

type Choices = typeof choices;
export type Chosen = { readonly [Name in keyof Choices]: Choices[Name][number] };

/** All that the page is set to. */
export interface Settings extends Chosen {
  /** How many neurons each hidden layer has. */
  readonly layers: readonly number[];
  /** What it is given of an event beside its two numbers, in the order of the list. */
  readonly extras: readonly (typeof extras)[number][];
  readonly seed: number;
}

export const mostLayers = 5;
export const mostNeurons = 10;

export const defaults: Settings = {
  data: "moons",
  noise: 0.1,
  drift: "labels",
  pace: "abrupt",
  speed: 600,
  batch: 4,
  activation: "tanh",
  optimizer: "adam",
  rate: 0.01,
  penalty: "none",
  strength: 0.001,
  detector: "adwin",
  policy: "alertOnly",
  layers: [8, 6],
  extras: [],
  seed: 1,
};

const names = Object.keys(choices) as (keyof Choices)[];

/** What differs from the defaults, for the address: `data=xor&layers=4,2`. */
export const toHash = (settings: Settings): string => {
  const differing = ([...names, "layers", "extras", "seed"] as const).filter(
    (name) => String(settings[name]) !== String(defaults[name]),
  );
  return differing.map((name) => `${name}=${String(settings[name])}`).join("&");
};

/** The settings of an address; what is not understood stays as it is by default. */
export const fromHash = (hash: string): Settings => {
  const told = new URLSearchParams(hash.replace(/^#/, ""));
  const chosen = names.flatMap((name) => {
    const found = (choices[name] as readonly unknown[]).filter((one) => String(one) === told.get(name));
    return found.map((one) => [name, one] as const);
  });
  const layers = layersOf(told.get("layers"));
  const beside = (told.get("extras") ?? "").split(",");
  const seed = Number(told.get("seed") ?? "");
  return {
    ...defaults,
    ...Object.fromEntries(chosen),
    ...(layers ? { layers } : {}),
    extras: extras.filter((extra) => beside.includes(extra)),
    ...(told.has("seed") && isSeed(seed) ? { seed } : {}),
  };
};

export const isSeed = (seed: number): boolean => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31;

const layersOf = (text: string | null): readonly number[] | undefined => {
  if (text === null) return undefined;
  const layers = text === "" ? [] : text.split(",").map(Number);
  const sound = layers.every((n) => Number.isInteger(n) && n >= 1 && n <= mostNeurons);
  return sound && layers.length <= mostLayers ? layers : undefined;
};
