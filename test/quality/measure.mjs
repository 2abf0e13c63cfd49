import { contestantsOf } from "./contestants.mjs";
import { flights } from "./flights.mjs";
import { mails } from "./mails.mjs";
import { run } from "./run.mjs";
import { synthetic } from "./synthetic.mjs";

export const streams = [...flights, ...mails, ...synthetic];

/** Who is measured with one seed alone: what has none, and another would change nothing. */
const seedsOf = (stream, { name }, seeds) =>
  stream.synthetic || name === "default" ? seeds : seeds.slice(0, 1);

/** All contestants over one stream, each with its seeds; `watch` is told how far it is. */
export const measure = async (stream, { seeds, limit, watch = {} }) => {
  const options = limit === undefined ? {} : { limit };
  const fixed = stream.synthetic ? undefined : await stream.load(options);
  const loaded = async (seed) => fixed ?? (await stream.load({ seed, ...options }));
  const { length } = (await loaded(seeds[0])).items;
  const contestants = contestantsOf(stream);
  const runs = contestants.reduce((sum, one) => sum + seedsOf(stream, one, seeds).length, 0);
  watch.start?.(runs * length);
  const results = [];
  for (const contestant of contestants) {
    const readings = [];
    for (const seed of seedsOf(stream, contestant, seeds)) {
      watch.turn?.(`${stream.name}: ${contestant.name}, seed ${seed}`);
      readings.push(await run(stream, contestant, await loaded(seed), seed, watch.tick));
    }
    results.push({ name: contestant.name, seeds: readings });
  }
  watch.stop?.();
  return { stream: stream.name, task: stream.task, events: length, results };
};
