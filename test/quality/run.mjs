import { setTimeout } from "node:timers/promises";
import { accuracy, auc, kappaTemporal, mae, rmse, together } from "rxgrad";

const metricsOf = ({ task, capacity }) =>
  task === "regression"
    ? { mae: mae(), rmse: rmse() }
    : {
        accuracy: accuracy(),
        "kappa temporal": kappaTemporal(),
        ...(capacity === 2 ? { auc: auc({ bins: 1000 }) } : {}),
      };

/** What happens in which order: an event whose truth comes late is asked at its moment, and learned when that is due. */
const timelineOf = (items) => {
  if (items[0]?.due === undefined) return items;
  const questions = items.map((item) => ({ item, time: item.moment, asks: true }));
  const answers = items.map((item) => ({ item, time: item.due, asks: false }));
  return [...answers, ...questions].sort((a, b) => a.time - b.time); // stable: what is due comes first
};

/** Milliseconds that the processor has spent on this process, its collector included: others' work does not count. */
const processorTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** What the process holds after a collection: heap, and memory of arrays and WebAssembly. */
const megabytes = async () => {
  globalThis.gc?.();
  await setTimeout(10); // the memory of arrays is given back in a turn of its own
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
};

/** Test, then train, over all items: metrics, events a second and the megabytes that the learner holds at the end. */
export const run = async (stream, contestant, { schema, items }, seed, tick = () => {}) => {
  const timeline = timelineOf(items);
  const before = await megabytes();
  const learner = contestant.start(stream, schema, seed);
  const metrics = together(metricsOf(stream));
  let state = metrics.init();
  const asked = new Map();
  let learned = 0;
  let spent = 0;
  let since = processorTime();
  const score = (item, answer) => {
    state = metrics.step(state, learner.learn(item.event, item.truth, answer));
    if (++learned % 500 === 0) {
      spent += processorTime() - since;
      tick(500);
      since = processorTime();
    }
  };
  for (const turn of timeline) {
    if (turn.asks === undefined) score(turn);
    else if (turn.asks) asked.set(turn.item, learner.ask(turn.item.event));
    else {
      score(turn.item, asked.get(turn.item));
      asked.delete(turn.item);
    }
  }
  spent += processorTime() - since;
  tick(learned % 500);
  const readings = metrics.read(state);
  const held = (await megabytes()) - before;
  learner.close();
  if (timeline.length < items.length)
    throw new Error("the timeline was let go, and counts as memory given back");
  return { ...readings, "events/s": (1000 * learned) / spent, MB: held };
};
