import { type MonoTypeOperatorFunction, Observable } from "rxjs";
import { receive } from "../streams/receive.ts";
import { type DashboardOptions, dashboardOptions } from "./dashboardOptions.ts";
import { livePage } from "./livePage.ts";
import type { PageEnd } from "./pageMessage.ts";

/**
 * Serves a live page about the steps that pass: loss and metrics with their baselines, throughput, event-loop lag, drift, and with
 * `model` the graph with what flows in it, norms and histograms of the layers. Steps go on as they are. It looks at the stream every
 * `every` milliseconds, keeps as much after a week as after a minute, and taps layers only while somebody looks. What fails
 * about the page is told to `failed`, and never to the stream. The page ends with the stream, and keeps no process alive.
 *
 * A source that never lets other events have their turn shows nothing until it ends: `yieldEvery`. Each subscription serves a page
 * of its own, so `share()` the steps for others.
 * @throws InvalidInputError for options that are none, and for a host beyond this machine without a token.
 * @example
 * batches$.pipe(prequential(net, options), dashboard({ model: net, port: 8321, listening: console.log })).subscribe();
 */
export const dashboard = <Step>(options: DashboardOptions<Step> = {}): MonoTypeOperatorFunction<Step> => {
  const checked = dashboardOptions(options);
  return (steps$) =>
    new Observable<Step>((out) => {
      const page = livePage(checked);
      let end: PageEnd = { reason: "stopped" };
      out.add(() => page.close(end));
      receive(steps$, out, {
        next: (step) => {
          page.see(step);
          out.next(step);
        },
        error: (error) => {
          end = { reason: "error", message: error instanceof Error ? error.message : String(error) };
          out.error(error);
        },
        complete: () => {
          end = { reason: "complete" };
          out.complete();
        },
      });
    });
};
