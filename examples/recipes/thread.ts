import { createServer, type Server } from "node:http";
import { matrix, minibatch, type Sample } from "rxgrad";
import { inWorker } from "rxgrad/node";
import { Subject } from "rxjs";
import { whenMain } from "../whenMain.ts";
import { paymentOf, rowOf, sampleOf } from "./fraud.ts";

/** A server whose learning runs in a thread of its own; requests are answered here, from the newest weights that are whole. */
export const thread = async (learningModule: URL): Promise<Server> => {
  const remote = await inWorker(learningModule);
  const reviewed$ = new Subject<Sample>();
  reviewed$.pipe(minibatch(16, { maxWait: 1000 }), remote.train()).subscribe({ error: console.error });

  const server = createServer(async (request, response) => {
    try {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of request) {
        size += chunk.length;
        if (size > 10_000) throw new TypeError("a request has at most 10 kB");
        chunks.push(chunk);
      }
      const { payment, fraud } = JSON.parse(Buffer.concat(chunks).toString() || "{}");
      const row = rowOf(paymentOf(payment));
      if (typeof fraud === "boolean") reviewed$.next(sampleOf(paymentOf(payment), fraud));
      const { prediction, version } = remote.predict(matrix([row]));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ fraud: prediction.data[0], version }));
    } catch (error) {
      response.writeHead(400).end(`${(error as Error).message}\n`);
    }
  });
  server.on("close", () => {
    reviewed$.complete();
    remote.close().catch(console.error);
  });
  return server;
};

whenMain(import.meta.url, async () => {
  const server = await thread(new URL("./threadLearning.js", import.meta.url));
  server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
});
