import type { Data } from "../math/matrix.ts";
import type { RoundsConfig, RoundsState } from "./roundsState.ts";
import { initialStates, type SharedFolds } from "./sharedFolds.ts";

/** How many steps the first round has, when they are to be measured. */
const firstSteps = 16;

/** Where learning begins, from these weights. */
export const firstRounds = (
  config: RoundsConfig,
  folds: SharedFolds,
  weights: Data,
  buffers: Data,
): RoundsState => ({
  config,
  sequence: 0,
  round: 0,
  epoch: 0,
  steps: config.every === "auto" ? firstSteps : config.every,
  weights: weights.slice(),
  buffers: buffers.slice(),
  velocity: new Float64Array(config.outer.momentum === 0 ? 0 : weights.length),
  members: [],
  waiting: [],
  positions: new Map(),
  ended: [],
  statistics: initialStates(folds),
  samples: 0,
  refused: { foreign: 0, damaged: 0, version: 0, plan: 0, stranger: 0, late: 0, values: 0, statistics: 0 },
  closed: [],
});
