// One worker of a measured run: prints its rounds until it is killed.
import { connect } from "@nats-io/transport-node";
import { jetStreamInput, natsLog } from "rxgrad/nats";
import { learnFrom } from "rxgrad/scale";
import { decode, lateness, loss, optimizer, sampleOf, subjects } from "./flights.mjs";

const [servers, log, worker, workers] = process.argv.slice(2);
const connection = await connect({ servers });
learnFrom(jetStreamInput(connection, { stream: "flights", subjects, decode }), {
  ...{ log: natsLog(connection, { name: log }), worker, workers: Number(workers), timeout: 60_000 },
  ...{ model: lateness(256), loss, optimizer: optimizer(), samples: sampleOf, every: "auto" },
}).subscribe({
  next: ({ shared, ...round }) => console.log(JSON.stringify({ at: Date.now(), ...round })),
  error: (error) => {
    console.error(error);
    process.exit(1);
  },
});
