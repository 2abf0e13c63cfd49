import {
  type ActivationName,
  accuracy,
  activations$,
  adapting,
  add,
  type Batch,
  type Composite,
  chain,
  concatenate,
  dense,
  earlyStopping,
  type Frame,
  fork,
  join,
  type Layer,
  learner,
  logging,
  type Matrix,
  type Model,
  matrix,
  mean,
  meanSquaredError,
  minibatch,
  model,
  node,
  parallel,
  predict,
  prequential,
  relu,
  resetOptimizer,
  residual,
  rmse,
  type Sample,
  type ScoredStep,
  type Sink,
  type Source,
  type Step,
  sgd,
  type Tapped,
  tanh,
  through,
  train,
  wire,
  withFolds,
} from "rxgrad";
import { filter, map, type Observable, of, pipe, Subject, tap } from "rxjs";
import { expectTypeOf, it } from "vitest";

/** Checked by the compiler; running it would be beside the point. */
const compiles = (_: () => void): void => {};
declare const m: Model;
declare const batches$: Observable<Batch>;
declare const samples$: Observable<Sample>;
const options = { loss: meanSquaredError(), optimizer: sgd(0.1) };

it("wire() has two ends, and a value cannot be sent upstream", () => {
  compiles(() => {
    const { source, sink } = wire();
    expectTypeOf(source).toEqualTypeOf<Source<Matrix>>();
    expectTypeOf(sink).toEqualTypeOf<Sink<Matrix>>();
    const frame: Frame = { id: 0, mode: "train", value: matrix([[1]]) };
    sink.value.next(frame);
    source.grad.next(frame);
    // @ts-expect-error the source is where values come out
    source.value.next(frame);
    // @ts-expect-error the sink is where gradients come out
    sink.grad.next(frame);
    // @ts-expect-error a stream of values takes none
    source.value$.next(frame);
    // @ts-expect-error what comes down is to be read only
    source.value$.subscribe((f) => (f.value.rows = 3));
  });
});

it("node() takes the wire that fits its layer", () => {
  compiles(() => {
    const { source } = wire();
    const many = join([source, source]);
    expectTypeOf(many).toEqualTypeOf<Source<readonly Matrix[]>>();
    expectTypeOf(node(dense(1, 1), source)).toEqualTypeOf<Source<Matrix>>();
    expectTypeOf(node(concatenate(), many)).toEqualTypeOf<Source<Matrix>>();
    // @ts-expect-error a layer of one matrix after a join, without a joining layer
    node(dense(1, 1), many);
    // @ts-expect-error a joining layer on one matrix
    node(add(), source);
  });
});

it("through() links what goes in to what comes out", () => {
  compiles(() => {
    const { source } = wire();
    const many = join([source, source]);
    expectTypeOf(through(source, dense(2, 3), relu(), chain(tanh()))).toEqualTypeOf<Source<Matrix>>();
    expectTypeOf(through(many, concatenate(), dense(2, 3))).toEqualTypeOf<Source<Matrix>>();
    expectTypeOf(through(source)).toEqualTypeOf<Source<Matrix>>();
    // @ts-expect-error a joining layer in the middle of a chain
    through(source, dense(2, 3), concatenate());
    // @ts-expect-error a layer of one matrix at a wire of many
    through(many, relu(), dense(2, 3));
  });
});

it("fork() gives as many wires as it is asked for", () => {
  compiles(() => {
    const { source } = wire();
    const three = fork(source, 3);
    expectTypeOf(three).toEqualTypeOf<readonly [Source<Matrix>, Source<Matrix>, Source<Matrix>]>();
    // @ts-expect-error there is no fourth
    three[3];
    expectTypeOf(fork(source, 2 as number)).toEqualTypeOf<readonly Source<Matrix>[]>();
    expectTypeOf(fork(join([source]), 1)).toEqualTypeOf<readonly [Source<readonly Matrix[]>]>();
  });
});

it("chain() takes layers that follow each other, and no joining layer", () => {
  compiles(() => {
    expectTypeOf(chain(dense(2, 3), relu())).toEqualTypeOf<Composite<Matrix, Matrix>>();
    expectTypeOf(chain()).toEqualTypeOf<Composite<Matrix, Matrix>>();
    chain(chain(dense(2, 3)), residual(tanh()), parallel(concatenate(), relu(), tanh()));
    const hidden: readonly Layer[] = [dense(3, 3), relu()];
    chain(...hidden);
    // @ts-expect-error concatenate() joins wires: parallel(concatenate(), …)
    chain(dense(2, 3), concatenate());
    // @ts-expect-error nor at the start
    chain(add(), dense(2, 3));
    // @ts-expect-error a number is no layer
    chain(dense(2, 3), 4);
    // @ts-expect-error nor is the function that makes one
    chain(dense(2, 3), relu);
  });
});

it("parallel() takes a joining layer first, then plans", () => {
  compiles(() => {
    parallel(add(), dense(2, 3), chain(dense(2, 3)));
    // @ts-expect-error no joining layer
    parallel(dense(2, 3), dense(2, 3));
    // @ts-expect-error no parts
    parallel(add());
    // @ts-expect-error a joining layer among the parts
    parallel(add(), concatenate());
    // @ts-expect-error a joining layer is no part
    residual(add());
  });
});

it("dense() takes the names of activations that there are", () => {
  compiles(() => {
    dense(2, 3, { activation: "relu" });
    dense(2, 3, { activation: relu() });
    // @ts-expect-error nobody knows it
    dense(2, 3, { activation: "rectified" });
    // @ts-expect-error the function that makes one is not one
    dense(2, 3, { activation: relu });
    // @ts-expect-error a joining layer
    dense(2, 3, { activation: add() });
    // @ts-expect-error an option that there is not
    dense(2, 3, { biases: false });
    expectTypeOf<"gelu">().toExtend<ActivationName>();
  });
});

it("model() takes a plan of one matrix", () => {
  compiles(() => {
    expectTypeOf(model(chain(dense(1, 1)), { seed: 1, precision: "float32" })).toEqualTypeOf<Model>();
    expectTypeOf(model(dense(1, 1)).predict(matrix([[1]]))).toEqualTypeOf<Matrix>();
    // @ts-expect-error a joining layer alone
    model(add());
    // @ts-expect-error a precision that there is not
    model(dense(1, 1), { precision: "float16" });
    expectTypeOf(m.predict([1, 2])).toEqualTypeOf<Matrix>();
    // @ts-expect-error rows are no matrix
    m.predict([[1, 2]]);
    // @ts-expect-error parameters are for reading; their data are for writing
    m.parameters = [];
  });
});

it("train() learns from batches, and from nothing else", () => {
  compiles(() => {
    expectTypeOf(batches$.pipe(train(m, options))).toEqualTypeOf<Observable<Step>>();
    expectTypeOf(batches$.pipe(train(m, { ...options, predictions: true }))).toEqualTypeOf<
      Observable<ScoredStep>
    >();
    expectTypeOf(samples$.pipe(minibatch(32), train(m, options))).toEqualTypeOf<Observable<Step>>();
    // @ts-expect-error samples have to be gathered first
    samples$.pipe(train(m, options));
    // @ts-expect-error no loss
    train(m, { optimizer: sgd(0.1) });
    // @ts-expect-error a loss by name
    train(m, { ...options, loss: "mse" });
    // @ts-expect-error the function that makes an optimizer
    train(m, { ...options, optimizer: sgd });
    // @ts-expect-error what to do with bad data is to fail or to skip
    train(m, { ...options, onInvalid: "ignore" });
    // @ts-expect-error a step carries no prediction unless it is asked to
    batches$.pipe(train(m, options)).subscribe(({ prediction }) => prediction);
  });
});

it("prequential() knows what its metrics read, in a plain pipe", () => {
  compiles(() => {
    const steps$ = of(matrix([[1]])).pipe(
      map((x): Batch => ({ x, y: x })),
      prequential(m, { ...options, metrics: { accuracy: accuracy(), rmse: rmse() } }),
      filter(({ metrics }) => metrics.rmse > 0),
      tap(({ prediction, target }) => [prediction.rows, target.rows]),
      map(({ metrics, loss }) => ({ ...metrics, loss })),
    );
    expectTypeOf(steps$).toEqualTypeOf<Observable<{ loss: number; accuracy: number; rmse: number }>>();
    // @ts-expect-error a metric that was not asked for
    batches$.pipe(prequential(m, { ...options, metrics: { rmse: rmse() } })).subscribe((s) => s.metrics.auc);
    const bare$ = batches$.pipe(prequential(m, options));
    expectTypeOf(bare$.pipe(map(({ loss }) => loss))).toEqualTypeOf<Observable<number>>();
    // @ts-expect-error a function is no fold
    prequential(m, { ...options, metrics: { rmse } });
  });
});

it("adapting() knows its metrics, and lets its monitor read them", () => {
  compiles(() => {
    const steps$ = batches$.pipe(
      adapting(m, {
        ...options,
        metrics: { rmse: rmse() },
        policy: resetOptimizer(),
        monitor: ({ metrics }) => metrics.rmse,
      }),
      map(({ metrics, drift, adapted }) => ({ ...metrics, drift, adapted })),
    );
    expectTypeOf(steps$).toEqualTypeOf<
      Observable<{ rmse: number; drift: "none" | "warning" | "drift"; adapted: string }>
    >();
    // @ts-expect-error a policy is called
    adapting(m, { ...options, policy: resetOptimizer });
    // @ts-expect-error a detector of drift reads more than a mean
    adapting(m, { ...options, policy: resetOptimizer(), detector: mean() });
  });
});

it("earlyStopping() and others pass on what they are given, in a plain pipe", () => {
  compiles(() => {
    const steps$ = samples$.pipe(
      minibatch(8),
      prequential(m, { ...options, metrics: { rmse: rmse() } }),
      earlyStopping(m, { patience: 3, monitor: ({ metrics }) => metrics.rmse }),
      logging(),
      withFolds({ accuracy: accuracy() }),
      map(({ accuracy: share, metrics, id }) => share + metrics.rmse + id),
    );
    expectTypeOf(steps$).toEqualTypeOf<Observable<number>>();
    const learning = pipe(train(m, options), earlyStopping(m, { patience: 3 }));
    expectTypeOf(batches$.pipe(learning)).toEqualTypeOf<Observable<Step>>();
    // @ts-expect-error a monitor reads what the steps have
    batches$.pipe(train(m, options), earlyStopping(m, { patience: 3, monitor: (s) => s.auc }));
    // @ts-expect-error no patience
    earlyStopping(m, {});
  });
});

it("predict() takes matrices and rows of numbers, and gives matrices", () => {
  compiles(() => {
    expectTypeOf(of([1, 2]).pipe(predict(m))).toEqualTypeOf<Observable<Matrix>>();
    expectTypeOf(of(matrix([[1]])).pipe(predict(m))).toEqualTypeOf<Observable<Matrix>>();
    // @ts-expect-error a word
    of("1").pipe(predict(m));
    // @ts-expect-error a batch
    batches$.pipe(predict(m));
  });
});

it("learner() answers in kind", () => {
  compiles(() => {
    const engine = learner(m, options);
    expectTypeOf(engine.predict([1, 2])).toEqualTypeOf<number[]>();
    expectTypeOf(engine.predict(matrix([[1]]))).toEqualTypeOf<Matrix>();
    expectTypeOf(engine.learnOne(Float32Array.of(1), [2]).loss).toEqualTypeOf<number>();
    // @ts-expect-error a batch is learned with learnBatch
    engine.learnOne({ x: matrix([[1]]), y: matrix([[1]]) });
  });
});

it("activations$() tells of layers by index or name", () => {
  compiles(() => {
    expectTypeOf(activations$(m, 0)).toEqualTypeOf<Observable<Tapped>>();
    expectTypeOf(activations$(m, "dense0")).toEqualTypeOf<Observable<Tapped>>();
    // @ts-expect-error a layer itself may stand in several places
    activations$(m, dense(1, 1));
    // @ts-expect-error what is refused is told, not taken
    m.rejected$.next({});
    expectTypeOf(new Subject<Batch>().pipe(train(m, options))).toEqualTypeOf<Observable<Step>>();
  });
});
