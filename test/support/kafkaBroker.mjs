/** The mock cluster of librdkafka, which speaks Kafka's protocol, in a process of its own; its parent tells it what to do. */
import koffi from "koffi";

const library = koffi.load("librdkafka.so.1");
const configuration = library.func("void *rd_kafka_conf_new()");
const client = library.func("void *rd_kafka_new(int type, void *conf, _Out_ char *error, size_t size)");
const cluster = library.func("void *rd_kafka_mock_cluster_new(void *client, int brokers)");
const addresses = library.func("const char *rd_kafka_mock_cluster_bootstraps(void *cluster)");
const create = library.func(
  "int rd_kafka_mock_topic_create(void *cluster, const char *topic, int partitions, int replicas)",
);
const setDown = library.func("int rd_kafka_mock_broker_set_down(void *cluster, int32_t broker)");
const setUp = library.func("int rd_kafka_mock_broker_set_up(void *cluster, int32_t broker)");
const pushErrors = library.func(
  "void rd_kafka_mock_push_request_errors_array(void *cluster, int16_t api, size_t count, const int *errors)",
);

const [brokers] = process.argv.slice(2).map(Number);
const mock = cluster(client(0, configuration(), Buffer.alloc(512), 512), brokers);
// it names broker 0 as the controller, which there is not; kafkajs asks the controller for numbers of producers
const controller = 40;
if (koffi.decode(mock, controller, "int32_t") === 0) koffi.encode(mock, controller, "int32_t", 1);
const each = (call) => {
  for (let broker = 1; broker <= brokers; broker++) call(mock, broker);
};
const calls = {
  topic: (name, partitions) => create(mock, name, partitions, 1),
  down: () => each(setDown),
  up: () => each(setUp),
  fail: (api, errors) => pushErrors(mock, api, errors.length, Int32Array.from(errors)),
};

process.on("message", ([call, ...args]) => {
  calls[call](...args);
  process.send("done");
});
process.on("disconnect", () => process.exit());
process.send(addresses(mock));
