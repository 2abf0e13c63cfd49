import { adam, binaryCrossentropy, chain, dense, minibatch, model, random, type Sample, train } from "rxgrad";
import { Subject } from "rxjs";
import { whenMain } from "./whenMain.ts";

/** As a NestJS provider is written: with `@Injectable()` above it, Nest constructs it and calls its two hooks. */
export class FraudService {
  readonly losses: number[] = [];
  private readonly net = model(
    chain(dense(2, 8, { activation: "relu" }), dense(8, 1, { activation: "sigmoid" })),
    { seed: 1 },
  );
  private readonly reviewed$: Subject<Sample> = new Subject();

  onModuleInit(): void {
    const options = { loss: binaryCrossentropy(), optimizer: adam(0.01), onInvalid: "skip" } as const;
    this.reviewed$
      .pipe(minibatch(16), train(this.net, options))
      .subscribe({ next: ({ loss }) => this.losses.push(loss), error: console.error });
    this.net.rejected$.subscribe(({ error }) => console.warn(error.message));
  }

  onModuleDestroy(): void {
    this.reviewed$.complete(); // what waits for a full batch is learned
    this.net.dispose();
  }

  /** The probability that a payment of so many euros is a fraud. */
  predict(euros: number, abroad: boolean): number {
    return this.net.predict(features(euros, abroad)).data[0]!;
  }

  /** Somebody has looked into a payment. */
  learn(euros: number, abroad: boolean, fraud: boolean): void {
    this.reviewed$.next({ x: features(euros, abroad), y: fraud ? 1 : 0 });
  }
}

const features = (euros: number, abroad: boolean): number[] => [Math.log10(euros) - 2, abroad ? 1 : 0];

export const service = (log: (line: string) => void = console.log): FraudService => {
  const frauds = new FraudService();
  frauds.onModuleInit();
  const rng = random(5);
  for (let i = 0; i < 3000; i++) {
    const [euros, abroad] = [10 ** (1 + 3 * rng.uniform()), rng.uniform() < 0.3];
    frauds.learn(euros, abroad, abroad && euros > 500 && rng.uniform() < 0.9);
  }
  log(`2000 € abroad:  ${(100 * frauds.predict(2000, true)).toFixed(0)} %`);
  log(`2000 € at home: ${(100 * frauds.predict(2000, false)).toFixed(0)} %`);
  log(`20 € abroad:    ${(100 * frauds.predict(20, true)).toFixed(0)} %`);
  frauds.onModuleDestroy();
  return frauds;
};

whenMain(import.meta.url, () => service());
