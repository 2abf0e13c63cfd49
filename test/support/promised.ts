/** What others build on. A name may be added here, but leaves it only with a decision record. */
export const promised: readonly string[] = `
  matrix zeros toRows
  dense relu leakyRelu elu selu gelu silu mish softplus softsign tanh sigmoid hardSigmoid softmax logSoftmax linear
  chain residual parallel concatenate add multiply dropout layerNorm batchNorm embedding mapGradient layer
  model summary describe toMermaid
  wire node through fork join optimize activations$ gradients$
  minibatch train predict prequential delayed split epochs earlyStopping logging fold withFolds learner standardize
  meanSquaredError meanAbsoluteError huber logCosh pinball poisson hinge focal binaryCrossentropy
  categoricalCrossentropy
  sgd adagrad rmsprop adadelta adam adamw amsgrad nadam radam adamax lion ftrl
  inOrder clipByGlobalNorm clipByValue weightDecay l1 accumulate freeze
  exponentialDecay inverseTime cosine warmup stepDecay oneCycle reduceOnPlateau
  mean variance exponentialMean exponentialVariance rolling accuracy logLoss auc mae rmse r2 confusionMatrix
`
  .trim()
  .split(/\s+/);
