import {
  classes,
  matrix,
  noChange,
  onlineClassifier,
  onlineRegressor,
  priorClass,
  runningMean,
} from "rxgrad";
import { linear } from "./linear.mjs";

/**
 * Who is measured. Each starts on a schema and answers two calls: `ask(event)`, which changes nothing, and `learn(event, truth, asked)`,
 * which gives back the prediction of before, beside the truth, as metrics take them. `asked` is what `ask` said, where the truth comes late.
 */
const theDefault = {
  name: "default",
  start: ({ task, capacity }, schema, seed) => {
    if (task === "regression") {
      const own = onlineRegressor(schema, { seed });
      return {
        ask: own.predictOne,
        learn: (event, truth, asked) => {
          const { value } = own.learnOne(event, truth, asked);
          return { prediction: matrix([[value]]), target: matrix([[truth]]) };
        },
        close: own.close,
      };
    }
    const labels = classes({ capacity });
    const own = onlineClassifier(schema, { seed, classes: labels });
    return {
      ask: own.predictOne,
      learn: (event, truth, asked) => {
        const { probabilities } = own.learnOne(event, truth, asked);
        const at = (label) => labels.indexOf(own.state.classes, label);
        const F = new Array(capacity).fill(0);
        for (const [label, p] of probabilities) F[at(label)] = p;
        return { prediction: matrix([capacity === 2 ? [F[1]] : F]), target: matrix([[at(truth)]]) };
      },
      close: own.close,
    };
  },
};

/** Class indices in the order in which labels come; values as they are. */
const truths = ({ task, capacity }) => {
  if (task === "regression") return { width: 1, rowOf: (truth) => matrix([[truth]]) };
  const fold = classes({ capacity });
  let state = fold.init();
  return {
    width: capacity === 2 ? 1 : capacity,
    rowOf: (label) => {
      state = fold.step(state, label);
      return matrix([[fold.indexOf(state, label)]]);
    },
  };
};

/** Someone who has no model. */
const baseline = (name, make) => ({
  name,
  start: (stream) => {
    const fold = make();
    const { width, rowOf } = truths(stream);
    let state = fold.init();
    const ask = () => {
      const said = fold.read(state);
      return matrix([said.length > 0 ? [...said] : new Array(width).fill(0)]);
    };
    return {
      ask,
      learn: (_, truth, asked = ask()) => {
        const scored = { prediction: asked, target: rowOf(truth) };
        state = fold.step(state, scored);
        return scored;
      },
      close: () => {},
    };
  },
});

/** River's linear models, on the columns of the schema; of classes, the softmax that it does not have. */
const riverLike = {
  name: "linear as River's",
  start: (stream, schema) => {
    const { task, capacity } = stream;
    const { width, rowOf } = truths(stream);
    const kind = task === "regression" ? "value" : capacity === 2 ? "yes" : "classes";
    const own = linear(schema.width, width, { kind, sparse: schema.sparse });
    let state = schema.init();
    const ask = (event) => own.predict(schema.matrix(state, [event]));
    return {
      ask,
      learn: (event, truth, asked = ask(event)) => {
        const target = rowOf(truth);
        state = schema.admit(state, event);
        own.learn(schema.matrix(state, [event]), target);
        state = schema.learn(state, event);
        return { prediction: asked, target };
      },
      close: own.close,
    };
  },
};

export const contestantsOf = ({ task }) => [
  theDefault,
  riverLike,
  baseline("no change", noChange),
  task === "regression" ? baseline("running mean", runningMean) : baseline("prior class", priorClass),
];
