import type { Observable, OperatorFunction } from "rxjs";
import type { Labelled } from "../folds/labelled.ts";
import { joinLabels } from "./joinLabels.ts";
import type { JoinLabelsOptions } from "./joinLabelsOptions.ts";

/** {@link joinLabels} for a pipe: `predictions$.pipe(joinLabelsWith(labels$, { key }))`. */
export const joinLabelsWith =
  <Item, Label>(
    labels$: Observable<Label>,
    options: JoinLabelsOptions<Item, Label>,
  ): OperatorFunction<Item, Labelled<Item, Label>> =>
  (predictions$) =>
    joinLabels(predictions$, labels$, options);
