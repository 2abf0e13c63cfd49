import type { Matrix } from "rxgrad";
import { dataSets } from "./dataSets.ts";
import { answersOf, gridOf, shownColumn, widenedGrid } from "./field.ts";
import type { Neuron } from "./networkView.ts";
import type { Session } from "./session.ts";
import type { Settings } from "./settings.ts";
import { thinned } from "./shading.ts";

/** Tiles along each side of the plane, and how many of these a neuron's picture skips. */
const tiles = 60;
const every = 2;

export interface Picture {
  /** tiles × tiles values of what is looked at: a neuron, or the answer. */
  readonly values: Float32Array;
  /** What each neuron answers, layer by layer, the inputs first. */
  readonly maps: readonly (readonly Float32Array[])[];
  readonly isClasses: boolean;
}

/** Takes pictures of networks: what each of their neurons answers all over the plane. */
export const camera = () => {
  const grid = gridOf(tiles);
  const seenBy = (settings: Settings) => {
    const x = widenedGrid(grid, settings);
    const inputs = columnsOf(x, "linear");
    return {
      of: String(settings.extras),
      x,
      inputs,
      maps: inputs.map((column) => thinned(column, tiles, every)),
    };
  };
  let given: ReturnType<typeof seenBy> | undefined;
  return ({ net, settings }: Session, look: Neuron | undefined): Picture => {
    if (given?.of !== String(settings.extras)) given = seenBy(settings);
    const { x, inputs, maps } = given;
    const isClasses = dataSets[settings.data].task === "classes";
    const answers = answersOf(net, x).map((answer, layer) => {
      const kind = layer < settings.layers.length ? settings.activation : isClasses ? "sigmoid" : "tanh";
      return columnsOf(answer, kind);
    });
    const all = [inputs, ...answers];
    return {
      values: (look && all[look.layer]?.[look.unit]) ?? answers.at(-1)![0]!,
      maps: [maps, ...answers.map((layer) => layer.map((column) => thinned(column, tiles, every)))],
      isClasses,
    };
  };
};

const columnsOf = (answers: Matrix, kind: string): readonly Float32Array[] =>
  Array.from({ length: answers.cols }, (_, column) => shownColumn(answers, column, kind));
