import { dense, optimize, sgd, weights } from "rxgrad";
import { operatorLaws } from "../laws/operator.ts";

operatorLaws("optimize()", {
  operator: () => {
    const own = weights();
    own.of(dense(2, 3));
    return optimize(sgd(0.1), own);
  },
  items: ["a", "b", "c"],
  expected: (all) => all,
});
