import type { Load } from "../streams/backpressure.ts";
import { family } from "./family.ts";
import type { Meter } from "./meter.ts";
import { rising } from "./rising.ts";

/** Tells a meter of queues, by name. */
export const queueMeter = (meter: Meter, limit: number): ((name: string) => (load: Load) => void) => {
  const depths = family(meter, "queueDepth", limit);
  const peaks = family(meter, "queuePeak", limit);
  const received = family(meter, "queueReceived", limit);
  const delivered = family(meter, "queueDelivered", limit);
  const dropped = family(meter, "queueDropped", limit);
  return (name) => {
    let told: ((load: Load) => void) | undefined; // a queue that nobody has is not shown
    const begin = () => {
      const [depth, peak] = [depths(name), peaks(name)];
      const [came, went, gone] = [received, delivered, dropped].map((counts) => rising(counts(name)));
      return (load: Load): void => {
        depth.value = load.depth;
        peak.value = load.peak;
        came!(load.received);
        went!(load.delivered);
        gone!(load.dropped);
      };
    };
    return (load) => {
      told ??= begin();
      told(load);
    };
  };
};
