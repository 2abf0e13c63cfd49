import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Module,
  type OnModuleDestroy,
  type OnModuleInit,
  Post,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { minibatch, type Sample, type Step, train } from "rxgrad";
import { Subject } from "rxjs";
import { whenMain } from "../whenMain.ts";
import { learns, network, type Payment, paymentOf, rowOf, sampleOf } from "./fraud.ts";

/** A provider that predicts, and learns from what was looked into, for as long as its module lives. */
@Injectable()
export class FraudService implements OnModuleInit, OnModuleDestroy {
  private readonly net = network();
  private readonly reviewed$: Subject<Sample> = new Subject();
  private last: Step | undefined;

  onModuleInit(): void {
    this.reviewed$
      .pipe(minibatch(16, { maxWait: 1000 }), train(this.net, { ...learns, onInvalid: "skip" }))
      .subscribe({
        next: (step) => {
          this.last = step;
        },
        error: console.error,
      });
    this.net.rejected$.subscribe(({ error }) => console.warn(error.message));
  }

  onModuleDestroy(): void {
    this.reviewed$.complete(); // what waits for a full batch is learned
    this.net.dispose();
  }

  predict(payment: Payment): number {
    return this.net.predict(rowOf(payment)).data[0]!;
  }

  learn(payment: Payment, fraud: boolean): void {
    this.reviewed$.next(sampleOf(payment, fraud));
  }

  health(): { readonly steps: number; readonly loss: number | undefined } {
    return { steps: this.last ? this.last.id + 1 : 0, loss: this.last?.loss };
  }
}

const read = (body: unknown): Payment => {
  try {
    return paymentOf(body);
  } catch (error) {
    throw new BadRequestException((error as Error).message);
  }
};

@Controller("payments")
export class PaymentsController {
  private readonly frauds: FraudService;

  constructor(@Inject(FraudService) frauds: FraudService) {
    this.frauds = frauds;
  }

  @Post()
  @HttpCode(200)
  ask(@Body() body: unknown): { readonly fraud: number } {
    return { fraud: this.frauds.predict(read(body)) };
  }

  @Post("reviewed")
  @HttpCode(204)
  review(@Body() body: { readonly payment?: unknown; readonly fraud?: unknown }): void {
    if (typeof body?.fraud !== "boolean") throw new BadRequestException("fraud is true or false");
    this.frauds.learn(read(body.payment), body.fraud);
  }

  @Get("health")
  health(): ReturnType<FraudService["health"]> {
    return this.frauds.health();
  }
}

@Module({ providers: [FraudService], controllers: [PaymentsController] })
export class FraudModule {}

/** The application, not yet listening. */
export const nest = async (): Promise<NestFastifyApplication> => {
  const app = await NestFactory.create<NestFastifyApplication>(FraudModule, new FastifyAdapter(), {
    logger: ["error", "warn"],
  });
  return app.enableShutdownHooks(); // SIGTERM destroys the modules
};

whenMain(import.meta.url, async () => (await nest()).listen(Number(process.env.PORT ?? 8080), "127.0.0.1"));
