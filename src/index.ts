// the graph

export type { Batch } from "./graph/batch.ts";
export type { Circuit, GraphNode } from "./graph/circuit.ts";
export type { DescribedNode, Description } from "./graph/describe.ts";
export { describe } from "./graph/describe.ts";
export { forget } from "./graph/forget.ts";
export { fork } from "./graph/fork.ts";
export type { Frame } from "./graph/frame.ts";
export type { Guard, GuardAction, Guarded, Refusal, Watch } from "./graph/guarding.ts";
export { headWeights } from "./graph/headWeights.ts";
export type { Hedge, HedgeOptions } from "./graph/hedge.ts";
export { hedge } from "./graph/hedge.ts";
export { join } from "./graph/join.ts";
export type { Keeper } from "./graph/keeper.ts";
export type { GuardedOptions, Learned, TrainerOptions } from "./graph/learning.ts";
export type { Model, ModelOptions, Rejection } from "./graph/model.ts";
export { model } from "./graph/model.ts";
export { node } from "./graph/node.ts";
export { optimize } from "./graph/optimize.ts";
export type { AnyPlan, Composite, Plan } from "./graph/plan.ts";
export { chain, parallel, residual } from "./graph/plan.ts";
export type { Renewal } from "./graph/renewal.ts";
export { resetState } from "./graph/resetState.ts";
export type { Run } from "./graph/run.ts";
export { summary } from "./graph/summary.ts";
export type { LayerAddress, Tapped } from "./graph/taps.ts";
export { activations$, gradients$ } from "./graph/taps.ts";
export { through } from "./graph/through.ts";
export { toMermaid } from "./graph/toMermaid.ts";
export type { Trainer } from "./graph/trainer.ts";
export { trainer } from "./graph/trainer.ts";
export type { LayerWeights, Weights, WeightsOptions } from "./graph/weights.ts";
export { weights } from "./graph/weights.ts";
export type { Sink, Source, Wire, WireOptions, Wiring } from "./graph/wire.ts";
export { wire } from "./graph/wire.ts";

// layers

export type { Activation, ActivationName } from "./layers/activation.ts";
export { add } from "./layers/add.ts";
export type { BatchNormOptions } from "./layers/batchNorm.ts";
export { batchNorm } from "./layers/batchNorm.ts";
export { columns } from "./layers/columns.ts";
export type { ColumnTrace } from "./layers/columnTrace.ts";
export { concatenate } from "./layers/concatenate.ts";
export type { Conv1dOptions } from "./layers/conv1d.ts";
export { conv1d } from "./layers/conv1d.ts";
export type { CustomLayer } from "./layers/customLayer.ts";
export { layer } from "./layers/customLayer.ts";
export type { DenseOptions } from "./layers/dense.ts";
export { dense } from "./layers/dense.ts";
export { dropout } from "./layers/dropout.ts";
export { elementwise } from "./layers/elementwise.ts";
export { elu } from "./layers/elu.ts";
export { embedding } from "./layers/embedding.ts";
export { gelu } from "./layers/gelu.ts";
export { gru } from "./layers/gru.ts";
export { hardSigmoid } from "./layers/hardSigmoid.ts";
export type { HedgedHeadsOptions } from "./layers/hedgedHeads.ts";
export { hedgedHeads } from "./layers/hedgedHeads.ts";
export type { HedgeRule } from "./layers/hedgeWeights.ts";
export { lastStep } from "./layers/lastStep.ts";
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
export { lstm } from "./layers/lstm.ts";
export { mapGradient } from "./layers/mapGradient.ts";
export { mish } from "./layers/mish.ts";
export { multiply } from "./layers/multiply.ts";
export type { RecurrentOptions } from "./layers/recurrent.ts";
export { relu } from "./layers/relu.ts";
export { selu } from "./layers/selu.ts";
export { sigmoid } from "./layers/sigmoid.ts";
export { silu } from "./layers/silu.ts";
export { softmax } from "./layers/softmax.ts";
export { softplus } from "./layers/softplus.ts";
export { softsign } from "./layers/softsign.ts";
export { tanh } from "./layers/tanh.ts";

// losses

export type { CrossentropyOptions } from "./losses/binaryCrossentropy.ts";
export { binaryCrossentropy } from "./losses/binaryCrossentropy.ts";
export { categoricalCrossentropy } from "./losses/categoricalCrossentropy.ts";
export type { ClassWeight } from "./losses/classWeights.ts";
export type { DarkExperienceOptions } from "./losses/darkExperience.ts";
export { darkExperience } from "./losses/darkExperience.ts";
export type { FocalOptions } from "./losses/focal.ts";
export { focal } from "./losses/focal.ts";
export type { Heads } from "./losses/hedged.ts";
export { hedged } from "./losses/hedged.ts";
export { hinge } from "./losses/hinge.ts";
export type { HuberOptions } from "./losses/huber.ts";
export { huber } from "./losses/huber.ts";
export { logCosh } from "./losses/logCosh.ts";
export type { Domain, Loss, LossResult, RowLoss } from "./losses/loss.ts";
export { defineLoss, elementwiseLoss } from "./losses/loss.ts";
export { meanAbsoluteError } from "./losses/meanAbsoluteError.ts";
export { meanSquaredError } from "./losses/meanSquaredError.ts";
export type { Task } from "./losses/multitask.ts";
export { multitask } from "./losses/multitask.ts";
export { pinball } from "./losses/pinball.ts";
export type { PoissonOptions } from "./losses/poisson.ts";
export { poisson } from "./losses/poisson.ts";

// optimizers

export type { AccumulateState } from "./optimizers/accumulate.ts";
export { accumulate } from "./optimizers/accumulate.ts";
export type { AdadeltaOptions } from "./optimizers/adadelta.ts";
export { adadelta } from "./optimizers/adadelta.ts";
export type { AdagradOptions } from "./optimizers/adagrad.ts";
export { adagrad } from "./optimizers/adagrad.ts";
export type { AdamOptions } from "./optimizers/adam.ts";
export { adam } from "./optimizers/adam.ts";
export { adamax } from "./optimizers/adamax.ts";
export { adamw } from "./optimizers/adamw.ts";
export { amsgrad } from "./optimizers/amsgrad.ts";
export { clipByGlobalNorm } from "./optimizers/clipByGlobalNorm.ts";
export { clipByValue } from "./optimizers/clipByValue.ts";
export type { CocobOptions } from "./optimizers/cocob.ts";
export { cocob } from "./optimizers/cocob.ts";
export type { CosineOptions } from "./optimizers/cosine.ts";
export { cosine } from "./optimizers/cosine.ts";
export type { RuleOptions } from "./optimizers/defineRule.ts";
export { defineSchedule } from "./optimizers/defineSchedule.ts";
export type { DogOptions, DogState } from "./optimizers/dog.ts";
export { dog } from "./optimizers/dog.ts";
export type { LazyOptions } from "./optimizers/elementwiseRule.ts";
export type { ConsolidationSource, EwcOptions, EwcState } from "./optimizers/ewc.ts";
export { ewc } from "./optimizers/ewc.ts";
export type { ExponentialDecayOptions } from "./optimizers/exponentialDecay.ts";
export { exponentialDecay } from "./optimizers/exponentialDecay.ts";
export type { FreezeState } from "./optimizers/freeze.ts";
export { freeze } from "./optimizers/freeze.ts";
export type { FtrlOptions } from "./optimizers/ftrl.ts";
export { ftrl } from "./optimizers/ftrl.ts";
export { inOrder } from "./optimizers/inOrder.ts";
export type { InverseTimeOptions } from "./optimizers/inverseTime.ts";
export { inverseTime } from "./optimizers/inverseTime.ts";
export { l1 } from "./optimizers/l1.ts";
export type { LearningRate, RateSource, RateState, Schedule } from "./optimizers/learningRate.ts";
export type { LionOptions } from "./optimizers/lion.ts";
export { lion } from "./optimizers/lion.ts";
export type { NadamOptions } from "./optimizers/nadam.ts";
export { nadam } from "./optimizers/nadam.ts";
export type { OneCycleOptions } from "./optimizers/oneCycle.ts";
export { oneCycle } from "./optimizers/oneCycle.ts";
export { radam } from "./optimizers/radam.ts";
export type { PlateauState, ReduceOnPlateauOptions } from "./optimizers/reduceOnPlateau.ts";
export { reduceOnPlateau } from "./optimizers/reduceOnPlateau.ts";
export type { RmspropOptions } from "./optimizers/rmsprop.ts";
export { rmsprop } from "./optimizers/rmsprop.ts";
export type { Rule } from "./optimizers/rule.ts";
export type { SgdOptions } from "./optimizers/sgd.ts";
export { sgd } from "./optimizers/sgd.ts";
export type { StepDecayOptions } from "./optimizers/stepDecay.ts";
export { stepDecay } from "./optimizers/stepDecay.ts";
export { warmup } from "./optimizers/warmup.ts";
export { weightDecay } from "./optimizers/weightDecay.ts";

// folds

export { accuracy } from "./folds/accuracy.ts";
export type { AnyFold } from "./folds/anyFold.ts";
export type { AucState } from "./folds/auc.ts";
export { auc } from "./folds/auc.ts";
export type { BinsState } from "./folds/aucOfBins.ts";
export type { ChampionOptions, ChampionState } from "./folds/champion.ts";
export { champion } from "./folds/champion.ts";
export type { ClassBalance, ClassBalanceOptions } from "./folds/classBalance.ts";
export { classBalance } from "./folds/classBalance.ts";
export type { ClassCounts } from "./folds/classCounts.ts";
export type { Columnwise } from "./folds/columnwise.ts";
export type { Combined } from "./folds/combined.ts";
export type { ConfusionState } from "./folds/confusionCells.ts";
export type { Confusion } from "./folds/confusionMatrix.ts";
export { confusionMatrix } from "./folds/confusionMatrix.ts";
export type { Divergence, DivergenceOptions, DivergenceState } from "./folds/divergence.ts";
export { divergence } from "./folds/divergence.ts";
export type { ExponentialMeanState } from "./folds/exponentialMean.ts";
export { exponentialMean } from "./folds/exponentialMean.ts";
export type { ExponentialVarianceState } from "./folds/exponentialVariance.ts";
export { exponentialVariance } from "./folds/exponentialVariance.ts";
export type { ExponentialWeightsOptions, ExponentialWeightsState } from "./folds/exponentialWeights.ts";
export { exponentialWeights } from "./folds/exponentialWeights.ts";
export type { Forgetting } from "./folds/forgetting.ts";
export type { Holder } from "./folds/holding.ts";
export { holding } from "./folds/holding.ts";
export type { Forecasted, HorizonReading, HorizonState } from "./folds/horizonMetric.ts";
export { horizonMetric } from "./folds/horizonMetric.ts";
export type { LabelCounts } from "./folds/labelCounts.ts";
export type { LabelKey, Labelled } from "./folds/labelled.ts";
export type { LagOptions, LagState } from "./folds/lag.ts";
export { lag } from "./folds/lag.ts";
export type { LastRowsState } from "./folds/lastRows.ts";
export { lastRows } from "./folds/lastRows.ts";
export { logLoss } from "./folds/logLoss.ts";
export { mae } from "./folds/mae.ts";
export type { MeanState } from "./folds/mean.ts";
export { mean } from "./folds/mean.ts";
export type { MergeableFold } from "./folds/mergeable.ts";
export { isMergeable } from "./folds/mergeable.ts";
export type { Moments } from "./folds/moments.ts";
export { over } from "./folds/over.ts";
export type { PerKeyOptions, PerKeyReading, PerKeyState, PlainKey } from "./folds/perKey.ts";
export { perKey } from "./folds/perKey.ts";
export type { Contest, Promotion, PromotionOptions, PromotionState } from "./folds/promotion.ts";
export { promotion } from "./folds/promotion.ts";
export type { R2State } from "./folds/r2.ts";
export { r2 } from "./folds/r2.ts";
export { rmse } from "./folds/rmse.ts";
export { rolling } from "./folds/rolling.ts";
export type { RowMeanState } from "./folds/rowMean.ts";
export type { Scaler } from "./folds/scaler.ts";
export { scaler } from "./folds/scaler.ts";
export type { Scored } from "./folds/scored.ts";
export type { Standardization, StandardScalerState } from "./folds/standardScaler.ts";
export { standardScaler } from "./folds/standardScaler.ts";
export type { Spread } from "./folds/variance.ts";
export { variance } from "./folds/variance.ts";

// metrics, and forms of them

export type { AveragingOptions } from "./folds/averaging.ts";
export { balancedAccuracy } from "./folds/balancedAccuracy.ts";
export { brier } from "./folds/brier.ts";
export type { CalibrationState } from "./folds/calibrationError.ts";
export { calibrationError } from "./folds/calibrationError.ts";
export { cohenKappa } from "./folds/cohenKappa.ts";
export type { ThresholdOptions } from "./folds/confusionCount.ts";
export type { FadableFold } from "./folds/fadable.ts";
export { isFadable } from "./folds/fadable.ts";
export { fading } from "./folds/fading.ts";
export { fBeta } from "./folds/fBeta.ts";
export { geometricMean } from "./folds/geometricMean.ts";
export type { KappaMState } from "./folds/kappaM.ts";
export { kappaM } from "./folds/kappaM.ts";
export type { KappaTemporalState } from "./folds/kappaTemporal.ts";
export { kappaTemporal } from "./folds/kappaTemporal.ts";
export { mape } from "./folds/mape.ts";
export { matthewsCorrelation } from "./folds/matthewsCorrelation.ts";
export type { Metric } from "./folds/metric.ts";
export { noChange } from "./folds/noChange.ts";
export { pinballScore } from "./folds/pinballScore.ts";
export { prAuc } from "./folds/prAuc.ts";
export { precision } from "./folds/precision.ts";
export { priorClass } from "./folds/priorClass.ts";
export { readingOf } from "./folds/readingOf.ts";
export { recall } from "./folds/recall.ts";
export { runningMean } from "./folds/runningMean.ts";
export { smape } from "./folds/smape.ts";
export type { TargetMeanState } from "./folds/targetMean.ts";
export type { TimeWindowOptions } from "./folds/timeWindow.ts";
export { timeWindow } from "./folds/timeWindow.ts";
export type { Together, TogetherReading } from "./folds/together.ts";
export { together } from "./folds/together.ts";
export type { BaselinesState, Beside } from "./folds/withBaselines.ts";
export { withBaselines } from "./folds/withBaselines.ts";

// scalers

export type { ColumnScalerState, Scaling } from "./folds/columnScaler.ts";
export { exponentialScaler } from "./folds/exponentialScaler.ts";
export type { LastSorted } from "./folds/lastSorted.ts";
export type { LargestSize, MaxAbs } from "./folds/maxAbsScaler.ts";
export { maxAbsScaler } from "./folds/maxAbsScaler.ts";
export type { Extremes, MinMax } from "./folds/minMaxScaler.ts";
export { minMaxScaler } from "./folds/minMaxScaler.ts";
export type { Robust } from "./folds/robustScaler.ts";
export { robustScaler } from "./folds/robustScaler.ts";
export { rollingScaler } from "./folds/rollingScaler.ts";

// uncertainty

export type { AdaptiveQuantileState, ConformalOptions } from "./folds/adaptiveQuantile.ts";
export type { Calibration } from "./folds/calibration.ts";
export type { ClassScore } from "./folds/classScores.ts";
export type { ConformalInterval, ConformalIntervalState } from "./folds/conformalInterval.ts";
export { conformalInterval } from "./folds/conformalInterval.ts";
export type { ConformalSet, ConformalSetOptions, ConformalSetState } from "./folds/conformalSet.ts";
export { conformalSet } from "./folds/conformalSet.ts";
export type { Unlabelled } from "./folds/expectedAccuracy.ts";
export { expectedAccuracy } from "./folds/expectedAccuracy.ts";
export type { Interval } from "./folds/intervalAround.ts";
export { intervalAround } from "./folds/intervalAround.ts";
export type { Platt, PlattOptions, PlattState } from "./folds/platt.ts";
export { platt } from "./folds/platt.ts";
export { setOf } from "./folds/setOf.ts";
export type { Temperature, TemperatureOptions, TemperatureState } from "./folds/temperature.ts";
export { temperature } from "./folds/temperature.ts";
export type { Calibrated } from "./streams/calibrated.ts";
export { calibrated } from "./streams/calibrated.ts";
export type { WithInterval } from "./streams/withIntervals.ts";
export { withIntervals } from "./streams/withIntervals.ts";
export type { WithSet } from "./streams/withSets.ts";
export { withSets } from "./streams/withSets.ts";

// drift detectors

export type { AdwinOptions, AdwinState } from "./folds/adwin.ts";
export { adwin } from "./folds/adwin.ts";
export type { CusumOptions, CusumState } from "./folds/cusum.ts";
export { cusum } from "./folds/cusum.ts";
export type { DdmOptions, DdmState } from "./folds/ddm.ts";
export { ddm } from "./folds/ddm.ts";
export type { DriftDirection, DriftReading } from "./folds/drift.ts";
export type { EddmOptions, EddmState } from "./folds/eddm.ts";
export { eddm } from "./folds/eddm.ts";
export type { HddmAState, HddmOptions } from "./folds/hddmA.ts";
export { hddmA } from "./folds/hddmA.ts";
export type { HddmWOptions, HddmWState } from "./folds/hddmW.ts";
export { hddmW } from "./folds/hddmW.ts";
export type { KswinOptions, KswinState } from "./folds/kswin.ts";
export { kswin } from "./folds/kswin.ts";
export type { PageHinkleyOptions, PageHinkleyState } from "./folds/pageHinkley.ts";
export { pageHinkley } from "./folds/pageHinkley.ts";

// policies on drift

export type { AdaptedStep, AdaptingOptions } from "./streams/adapting.ts";
export { adapting } from "./streams/adapting.ts";
export { alertOnly } from "./streams/alertOnly.ts";
export type { Adaptation, DriftPolicy, Training } from "./streams/driftPolicy.ts";
export type { RaiseRateOptions } from "./streams/raiseRate.ts";
export { raiseRate } from "./streams/raiseRate.ts";
export { resetOptimizer } from "./streams/resetOptimizer.ts";
export { restart } from "./streams/restart.ts";
export type { SwapBackgroundOptions } from "./streams/swapBackground.ts";
export { swapBackground } from "./streams/swapBackground.ts";

// memories of past rows

export type { ClassBalancedState } from "./folds/classBalancedReservoir.ts";
export { classBalancedReservoir } from "./folds/classBalancedReservoir.ts";
export type { MemoryOptions, MemoryState } from "./folds/defineMemory.ts";
export type { Drawn, KeptRow, Memory, Rows } from "./folds/memory.ts";
export { newest } from "./folds/newest.ts";
export type { PrioritizedMemory, PrioritizedOptions, PrioritizedState } from "./folds/prioritized.ts";
export { prioritized } from "./folds/prioritized.ts";
export { reservoir } from "./folds/reservoir.ts";

// streams

export type { BackpressureOptions, Load } from "./streams/backpressure.ts";
export { backpressure } from "./streams/backpressure.ts";
export type { BalanceClassesOptions } from "./streams/balanceClasses.ts";
export { balanceClasses } from "./streams/balanceClasses.ts";
export type { Candidate } from "./streams/candidate.ts";
export type { Soundness } from "./streams/checkSample.ts";
export type { Contestant } from "./streams/contestant.ts";
export type { DelayedOptions } from "./streams/delayed.ts";
export { delayed } from "./streams/delayed.ts";
export { delayedPrequential } from "./streams/delayedPrequential.ts";
export type { DelayedPrequentialOptions } from "./streams/delayedPrequentialOptions.ts";
export type { DelayedStep } from "./streams/delayedStep.ts";
export type { Contested, ServingState } from "./streams/duel.ts";
export type { EarlyStoppingOptions } from "./streams/earlyStopping.ts";
export { earlyStopping } from "./streams/earlyStopping.ts";
export type { EpochsOptions } from "./streams/epochs.ts";
export { epochs } from "./streams/epochs.ts";
export type { EventLoop } from "./streams/eventLoop.ts";
export type { FoldOptions } from "./streams/fold.ts";
export { fold } from "./streams/fold.ts";
export type { Forecast, ForecastOptions } from "./streams/forecast.ts";
export { forecast } from "./streams/forecast.ts";
export type { FromPullOptions } from "./streams/fromPull.ts";
export { fromPull } from "./streams/fromPull.ts";
export type { Setting, Settings } from "./streams/grid.ts";
export { grid } from "./streams/grid.ts";
export type { GuardOptions, GuardPolicy } from "./streams/guard.ts";
export { guard } from "./streams/guard.ts";
export type { AheadOf, AheadState, HorizonOptions } from "./streams/horizon.ts";
export { horizon } from "./streams/horizon.ts";
export { joinLabels } from "./streams/joinLabels.ts";
export type { Both, JoinLabelsOptions, LiveLabels, OfBoth } from "./streams/joinLabelsOptions.ts";
export { joinLabelsWith } from "./streams/joinLabelsWith.ts";
export { keyed } from "./streams/keyed.ts";
export type { KeyedOptions } from "./streams/keyedOptions.ts";
export type { KeyedState } from "./streams/keyedState.ts";
export type { Learner } from "./streams/learner.ts";
export { learner } from "./streams/learner.ts";
export type { Live } from "./streams/live.ts";
export type { LoggingOptions } from "./streams/logging.ts";
export { logging } from "./streams/logging.ts";
export type { Metrics, Readings } from "./streams/metrics.ts";
export type { MinibatchOptions } from "./streams/minibatch.ts";
export { minibatch } from "./streams/minibatch.ts";
export type { OpenQuestions } from "./streams/openQuestions.ts";
export type { OverflowPolicy } from "./streams/overflow.ts";
export type { OversampleOptions } from "./streams/oversample.ts";
export { oversample } from "./streams/oversample.ts";
export { paced } from "./streams/paced.ts";
export type { PoolStep, PoolStreamOptions } from "./streams/pool.ts";
export { pool } from "./streams/pool.ts";
export type { PoolOptions } from "./streams/poolEngine.ts";
export type { PoolFailure, PoolLearned, PoolRefusal } from "./streams/poolLearned.ts";
export type { PoolLearner, PoolLearnerOptions } from "./streams/poolLearner.ts";
export { poolLearner } from "./streams/poolLearner.ts";
export { predict } from "./streams/predict.ts";
export type { PrequentialOptions, PrequentialStep } from "./streams/prequential.ts";
export { prequential } from "./streams/prequential.ts";
export type { Promoted } from "./streams/promote.ts";
export { promote } from "./streams/promote.ts";
export type { Pulled, PullSource, WebStream } from "./streams/pullSource.ts";
export type { Quarantine, QuarantineCounts, Quarantined } from "./streams/quarantine.ts";
export { quarantine } from "./streams/quarantine.ts";
export type { RehearsalOptions, Rehearsed, ReplayState } from "./streams/rehearsal.ts";
export type { PlainMemory, ReplayOptions } from "./streams/replay.ts";
export { replay } from "./streams/replay.ts";
export type { ResampleOptions } from "./streams/resample.ts";
export { resample } from "./streams/resample.ts";
export type { ResamplingOptions, ResamplingState } from "./streams/resampling.ts";
export type { Sample, SparseSample } from "./streams/sample.ts";
export type { Served, Serving, ServingOptions } from "./streams/serving.ts";
export { serving } from "./streams/serving.ts";
export type { ShadowOptions, ShadowStep } from "./streams/shadow.ts";
export { shadow } from "./streams/shadow.ts";
export { split } from "./streams/split.ts";
export type { Standardized } from "./streams/standardize.ts";
export { standardize } from "./streams/standardize.ts";
export type { ScoredStep, Step, TrainOptions } from "./streams/train.ts";
export { train } from "./streams/train.ts";
export { undersample } from "./streams/undersample.ts";
export type { Windowed, WindowedOptions, WindowedState } from "./streams/windowed.ts";
export { windowed } from "./streams/windowed.ts";
export type { ItemOf, NamedFolds, ReadingsOf, WithFoldsOptions, WithoutFields } from "./streams/withFolds.ts";
export { withFolds } from "./streams/withFolds.ts";
export type { Lagged, WithLagsOptions } from "./streams/withLags.ts";
export { withLags } from "./streams/withLags.ts";
export type { YieldOptions } from "./streams/yieldEvery.ts";
export { yieldEvery } from "./streams/yieldEvery.ts";

// features

export type { CalendarOptions, CalendarPart } from "./features/calendar.ts";
export { calendar } from "./features/calendar.ts";
export type { CategoryOptions } from "./features/category.ts";
export { category } from "./features/category.ts";
export type { CategoryIndexOptions, IndexField } from "./features/categoryIndex.ts";
export { categoryIndex } from "./features/categoryIndex.ts";
export type { Classes, ClassesOptions, ClassesState, Label } from "./features/classes.ts";
export { classes } from "./features/classes.ts";
export type { Categories, Category } from "./features/codebook.ts";
export { cyclical } from "./features/cyclical.ts";
export type { FieldState, Kind, Missing } from "./features/defineField.ts";
export { defineField } from "./features/defineField.ts";
export { features } from "./features/features.ts";
export type { Field, Put, Renew } from "./features/field.ts";
export { flag } from "./features/flag.ts";
export type { HashedWordsOptions } from "./features/hashedWords.ts";
export { hashedWords } from "./features/hashedWords.ts";
export { murmurHash3 } from "./features/murmurHash3.ts";
export { numeric } from "./features/numeric.ts";
export type {
  Encoding,
  FieldsOf,
  Place,
  RenewedIndex,
  RowOf,
  Schema,
  SchemaState,
} from "./features/schema.ts";
export type { TagsOptions } from "./features/tags.ts";
export { tags } from "./features/tags.ts";
export type { EncodeClassesOptions, EncodeOptions, SampleOf } from "./streams/encode.ts";
export { encode } from "./streams/encode.ts";

// learners without settings

export type {
  Classifiable,
  Classified,
  OnlineClassifier,
  OnlineClassifierOptions,
  OnlineClassifierState,
} from "./streams/classified.ts";
export { onlineClassifier } from "./streams/onlineClassifier.ts";
export { onlineRegressor } from "./streams/onlineRegressor.ts";
export type { OnlineRowsState } from "./streams/onlineRows.ts";
export type { OnlineLearnOptions, OnlineStep } from "./streams/onlineSteps.ts";
export type {
  OnlineRegressor,
  OnlineRegressorOptions,
  OnlineRegressorState,
  Regressable,
  Regressed,
} from "./streams/regressed.ts";

// synthetic streams

export type { AgrawalOptions } from "./streams/agrawal.ts";
export { agrawal } from "./streams/agrawal.ts";
export type { ConceptDriftOptions } from "./streams/conceptDrift.ts";
export { conceptDrift } from "./streams/conceptDrift.ts";
export type { FriedmanOptions } from "./streams/friedman.ts";
export { friedman } from "./streams/friedman.ts";
export type { LedDisplayOptions } from "./streams/ledDisplay.ts";
export { ledDisplay } from "./streams/ledDisplay.ts";
export type { RandomRbfOptions } from "./streams/randomRbf.ts";
export { randomRbf } from "./streams/randomRbf.ts";
export type { RotatingHyperplaneOptions } from "./streams/rotatingHyperplane.ts";
export { rotatingHyperplane } from "./streams/rotatingHyperplane.ts";
export type { SeaOptions } from "./streams/sea.ts";
export { sea } from "./streams/sea.ts";
export type { SineConceptOptions } from "./streams/sineConcept.ts";
export { sineConcept } from "./streams/sineConcept.ts";
export type { StaggerOptions } from "./streams/stagger.ts";
export { stagger } from "./streams/stagger.ts";
export type { Pullable, SyntheticOptions, SyntheticSample } from "./streams/synthetic.ts";

// files

export type { SafetensorsLimits } from "./formats/readSafetensors.ts";
export { readSafetensors } from "./formats/readSafetensors.ts";
export type { SavedLimits } from "./formats/readSaved.ts";
export type { StoredTensor, Tensor, TensorData, TensorFile } from "./formats/tensor.ts";
export { writeSafetensors } from "./formats/writeSafetensors.ts";
export type { Loaded, LoadOptions } from "./graph/load.ts";
export { load } from "./graph/load.ts";
export type { LoadTensorsOptions } from "./graph/loadTensors.ts";
export { loadTensors } from "./graph/loadTensors.ts";
export type { SaveOptions } from "./graph/save.ts";
export { save } from "./graph/save.ts";
export type { SavedModels, Stateful } from "./graph/savedModels.ts";

// matrices and numbers

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
export type { DenseKernel, DenseShape, Inlet, Kernels } from "./math/kernels.ts";
export type { Data, Matrix, Precision, Value } from "./math/matrix.ts";
export { matrix, toRows, zeros } from "./math/matrix.ts";
export type { Random } from "./math/random.ts";
export { random } from "./math/random.ts";
export { reference } from "./math/reference.ts";
export { simd } from "./math/simd/simd.ts";
export type { Entry, Sparse } from "./math/sparse.ts";
export { isSparse, sparse, sparseOf } from "./math/sparse.ts";
export type { Segment, Touched, Vector } from "./math/vector.ts";
export { vector } from "./math/vector.ts";
