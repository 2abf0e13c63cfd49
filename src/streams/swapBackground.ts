import { type BackgroundState, background } from "../graph/background.ts";
import { isInvalidInput, knownOptions, whole } from "../math/invalid.ts";
import { call } from "../optimizers/call.ts";
import type { DriftPolicy } from "./driftPolicy.ts";

export interface SwapBackgroundOptions {
  /** Of the weights of the first background model, and of those to come: seed + 1, … That of the model + 1, unless told otherwise. */
  readonly seed?: number;
}

/** The seed of the next background model, and the one that learns. */
interface SwapState {
  readonly seed: number;
  readonly beside: BackgroundState | undefined;
}

/**
 * On a warning a second model of the same plan begins to learn beside the first, with new weights and a new optimizer; on
 * drift it takes the place of the first, weights, running statistics and optimizer, and when the warning passes it is
 * dropped (after the background trees of Gomes et al., 2017). A drift without a warning before it brings in new weights.
 * The detector should be one that warns. From warning to drift, a step costs twice as much.
 * @throws InvalidInputError when the seed is not a whole number of at least 0.
 */
export const swapBackground = (options: SwapBackgroundOptions = {}): DriftPolicy => {
  knownOptions("swapBackground()", options, ["seed"]);
  if (options.seed !== undefined) whole("swapBackground()", "seed", options.seed, 0);
  return {
    source: call("swapBackground", options),
    start: (training) => {
      let seed = options.seed ?? training.model.weights.seed + 1;
      let beside: ReturnType<typeof background> | undefined;
      let loaded: BackgroundState | undefined; // until there is a batch to react to, and with it an optimizer
      const drop = (): void => {
        beside?.close();
        beside = loaded = undefined;
      };
      const begin = (): void => {
        const options = { ...training, optimizer: training.keeper.rule };
        beside = background(training.model, options, loaded ? seed : seed++, loaded);
        loaded = undefined;
      };
      return {
        state: {
          get: (): SwapState => ({ seed, beside: beside ? beside.state() : loaded }),
          set: (saved) => {
            drop();
            ({ seed, beside: loaded } = saved as SwapState);
          },
        },
        react: ({ drift, warning }, batch) => {
          if (drift || warning) {
            const started = !beside && !loaded;
            if (!beside) begin();
            try {
              beside!.learn(batch);
            } catch (error) {
              if (!isInvalidInput(error)) throw error;
              drop(); // it has grown beyond all bounds; the next warning brings another
              return "background dropped";
            }
            if (!drift) return started ? "background started" : "none";
            beside!.takeThePlace(training.keeper);
            drop();
            return started ? "new weights swapped in" : "background swapped in";
          }
          if (!beside && !loaded) return "none";
          drop();
          return "background dropped";
        },
        close: drop,
      };
    },
  };
};
