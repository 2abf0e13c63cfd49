// matrices and numbers

// the graph
export type { Batch } from "./graph/batch.ts";
export type { Circuit, GraphNode } from "./graph/circuit.ts";
export type { DescribedNode, Description } from "./graph/describe.ts";
export { describe } from "./graph/describe.ts";
export { fork } from "./graph/fork.ts";
export type { Frame } from "./graph/frame.ts";
export { join } from "./graph/join.ts";
export type { Model, ModelOptions, Rejection } from "./graph/model.ts";
export { model } from "./graph/model.ts";
export { node } from "./graph/node.ts";
export { optimize } from "./graph/optimize.ts";
export type { AnyPlan, Composite, Plan } from "./graph/plan.ts";
export { chain, parallel, residual } from "./graph/plan.ts";
export type { Run } from "./graph/run.ts";
export { summary } from "./graph/summary.ts";
export type { LayerAddress, Tapped } from "./graph/taps.ts";
export { activations$, gradients$ } from "./graph/taps.ts";
export { through } from "./graph/through.ts";
export { toMermaid } from "./graph/toMermaid.ts";
export type { Learned, Trainer, TrainerOptions } from "./graph/trainer.ts";
export { trainer } from "./graph/trainer.ts";
export type { Weights, WeightsOptions } from "./graph/weights.ts";
export { weights } from "./graph/weights.ts";
export type { Sink, Source, Wire, WireOptions, Wiring } from "./graph/wire.ts";
export { wire } from "./graph/wire.ts";
// layers
export type { Activation, ActivationName } from "./layers/activation.ts";
export { add } from "./layers/add.ts";
export type { BatchNormOptions } from "./layers/batchNorm.ts";
export { batchNorm } from "./layers/batchNorm.ts";
export { columns } from "./layers/columns.ts";
export { concatenate } from "./layers/concatenate.ts";
export type { CustomLayer } from "./layers/customLayer.ts";
export { layer } from "./layers/customLayer.ts";
export type { DenseOptions } from "./layers/dense.ts";
export { dense } from "./layers/dense.ts";
export { dropout } from "./layers/dropout.ts";
export { elu } from "./layers/elu.ts";
export { embedding } from "./layers/embedding.ts";
export { gelu } from "./layers/gelu.ts";
export { hardSigmoid } from "./layers/hardSigmoid.ts";
export type {
  Layer,
  LayerSpec,
  Mode,
  Parameter,
  Pass,
  Site,
  TensorSpec,
  TensorSpecs,
  Width,
} from "./layers/layer.ts";
export { defineLayer, named } from "./layers/layer.ts";
export { layerNorm } from "./layers/layerNorm.ts";
export { leakyRelu } from "./layers/leakyRelu.ts";
export { linear } from "./layers/linear.ts";
export { logSoftmax } from "./layers/logSoftmax.ts";
export { mapGradient } from "./layers/mapGradient.ts";
export { mish } from "./layers/mish.ts";
export { multiply } from "./layers/multiply.ts";
export { relu } from "./layers/relu.ts";
export { selu } from "./layers/selu.ts";
export { sigmoid } from "./layers/sigmoid.ts";
export { silu } from "./layers/silu.ts";
export { softmax } from "./layers/softmax.ts";
export { softplus } from "./layers/softplus.ts";
export { softsign } from "./layers/softsign.ts";
export { tanh } from "./layers/tanh.ts";
// losses
export type { Loss, LossResult } from "./losses/loss.ts";
export { meanSquaredError } from "./losses/meanSquaredError.ts";
export type { Fold } from "./math/fold.ts";
export type { Initializer } from "./math/initializers.ts";
export {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  normalInit,
  orthogonal,
  uniformInit,
  zeroInit,
} from "./math/initializers.ts";
export type { InvalidInputError } from "./math/invalid.ts";
export { isInvalidInput } from "./math/invalid.ts";
export type { Kernels } from "./math/kernels.ts";
export type { Data, Matrix, Precision, Value } from "./math/matrix.ts";
export { matrix, toRows, zeros } from "./math/matrix.ts";
export type { Random } from "./math/random.ts";
export { random } from "./math/random.ts";
export { reference } from "./math/reference.ts";
export type { Segment, Touched, Vector } from "./math/vector.ts";
export { vector } from "./math/vector.ts";
// optimizers
export { adam } from "./optimizers/adam.ts";
export type { LearningRate, Schedule } from "./optimizers/learningRate.ts";
export type { Rule } from "./optimizers/rule.ts";
export { sgd } from "./optimizers/sgd.ts";

// streams
export type { EarlyStoppingOptions } from "./streams/earlyStopping.ts";
export { earlyStopping } from "./streams/earlyStopping.ts";
export type { Learner } from "./streams/learner.ts";
export { learner } from "./streams/learner.ts";
export { predict } from "./streams/predict.ts";
export type { Metrics, PrequentialOptions, PrequentialStep, Readings } from "./streams/prequential.ts";
export { prequential } from "./streams/prequential.ts";
export type { ScoredStep, Step, TrainOptions } from "./streams/train.ts";
export { train } from "./streams/train.ts";
