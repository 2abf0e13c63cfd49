import {
  agrawal,
  conceptDrift,
  features,
  friedman,
  ledDisplay,
  numeric,
  randomRbf,
  rotatingHyperplane,
  sea,
  sineConcept,
  stagger,
} from "rxgrad";

/** Two concepts, the second from the middle on. */
const turned = (make) => (seed, limit) =>
  conceptDrift(make(0, { seed }), make(1, { seed: seed + 1000 }), {
    position: Math.floor(limit / 2),
    count: limit,
  });
const thrice = (limit) => [Math.floor(limit / 3), Math.floor((2 * limit) / 3)];

const classified = {
  sea: [2, turned((i, o) => sea([0, 3][i], { ...o, noise: 0.1 }))],
  stagger: [2, turned((i, o) => stagger(i, o))],
  sineConcept: [2, turned((i, o) => sineConcept(2 + i, o))],
  ledDisplay: [10, turned((i, o) => ledDisplay({ ...o, swapped: 4 * i }))],
  randomRbf: [2, (seed, count) => randomRbf({ seed, count })],
  rotatingHyperplane: [2, (seed, count) => rotatingHyperplane({ seed, count })],
  agrawal: [2, turned((i, o) => agrawal(2 * i, { ...o, perturbation: 0.05 }))],
};
const valued = {
  friedman: (seed, count) => friedman({ seed, count }),
  "friedman, drifting": (seed, count) =>
    friedman({ seed, count, drift: "globalRecurring", positions: thrice(count) }),
};

const schemaOf = (width) =>
  features()(Object.fromEntries(Array.from({ length: width }, (_, j) => [`x${j}`, numeric()])));

const streamOf = (name, task, capacity, make) => ({
  name,
  task,
  capacity,
  synthetic: true,
  load: ({ seed, limit = 10_000 }) => {
    const items = [];
    for (const { x, y } of make(seed, limit))
      items.push({ event: Object.fromEntries(Array.from(x, (v, j) => [`x${j}`, v])), truth: y });
    return { schema: schemaOf(Object.keys(items[0].event).length), items };
  },
});

/** Made anew from each seed; a stream of concepts turns from one to another in its middle. */
export const synthetic = [
  ...Object.entries(classified).map(([name, [capacity, make]]) =>
    streamOf(name, "classification", capacity, make),
  ),
  ...Object.entries(valued).map(([name, make]) => streamOf(name, "regression", undefined, make)),
];
