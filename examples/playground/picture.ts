import type { Matrix } from "rxgrad";
import { dataSets, extent } from "./dataSets.ts";
import { answersOf, gridOf, shownColumn } from "./field.ts";
import type { Neuron } from "./networkView.ts";
import type { Session } from "./session.ts";
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
  const inputs = columnsOf(grid, "tanh").map((column) => column.map((v) => v / extent));
  const maps = inputs.map((column) => thinned(column, tiles, every));
  return ({ net, settings }: Session, look: Neuron | undefined): Picture => {
    const isClasses = dataSets[settings.data].task === "classes";
    const answers = answersOf(net, grid).map((answer, layer) => {
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
