import type { Call } from "../formats/callOf.ts";
import type { OnnxBuilder } from "./onnxBuilder.ts";
import type { LayerWeights } from "./weights.ts";

/** A layer on its way into an ONNX graph. */
export interface OnnxSite {
  readonly b: OnnxBuilder;
  readonly call: Call;
  /** The names of what it reads. */
  readonly x: readonly string[];
  /** The name of a parameter or buffer, as it is stored. */
  readonly weight: (key: string) => string;
  readonly own: LayerWeights;
}

/** Writes a layer, and gives the name of its output. */
export type OnnxWriter = (site: OnnxSite, actor: string) => string;

/** Writes an activation of a value, along its last axis, and gives the name of the result. */
export type OnnxActivation = (b: OnnxBuilder, x: string, call: Call) => string;
