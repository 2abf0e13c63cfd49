import type { Settings } from "./settings.ts";

/** What choices are called on the page. */
export const labels = {
  data: {
    moons: "moons",
    circles: "circles",
    xor: "xor",
    spirals: "spirals",
    blobs: "blobs",
    plane: "plane",
    hills: "hills",
  },
  drift: { labels: "labels turn round", rotation: "all turns by 60°", shift: "all moves aside" },
  pace: { abrupt: "at once", gradual: "over 2000 events" },
  activation: { tanh: "tanh", relu: "relu", sigmoid: "sigmoid", gelu: "gelu", linear: "linear" },
  optimizer: {
    sgd: "sgd",
    momentum: "sgd, momentum",
    adagrad: "adagrad",
    rmsprop: "rmsprop",
    adam: "adam",
    lion: "lion",
    cocob: "cocob (no rate)",
  },
  penalty: { none: "none", l1: "L1", l2: "L2" },
  detector: { adwin: "ADWIN", hddmA: "HDDM-A", pageHinkley: "Page-Hinkley" },
  policy: {
    alertOnly: "only tell",
    resetOptimizer: "reset optimizer",
    raiseRate: "raise the rate",
    restart: "begin anew",
  },
} as const satisfies {
  readonly [Name in keyof Settings]?: Readonly<Record<Settings[Name] & string, string>>;
};

/** How many events a gradual drift takes. */
export const gradually = 2000;

/** A rate of events in words. */
export const speedLabel = (speed: number): string => {
  if (speed === 0) return "by hand: Step";
  return speed === Number.POSITIVE_INFINITY ? "as fast as it goes" : `${formatCount(speed)} events/s`;
};

/** A whole number with its thousands apart. */
export const formatCount = (n: number): string => Math.round(n).toLocaleString("en-US");

export const formatPercent = (share: number): string =>
  Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : "–";
