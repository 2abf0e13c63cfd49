/**
 * Whether an error of kafkajs is one that a client outlives which begins anew: of connections, of brokers that start or stop, of a group
 * that changes. That there is no such topic, or that one may not read it, does not pass; other refusals do not after some tries.
 */
export const kafkaPasses = (error: unknown, tries: number): boolean => {
  const causes: Told[] = [];
  for (let one = error; one instanceof Error; one = one.cause) causes.push(one);
  const type = causes.find((one) => one.type !== undefined)?.type;
  if (lasting.test(type ?? "") || causes.some(({ name }) => lasting.test(name))) return false;
  if (causes.some(({ name, retriable }) => retriable === true || passing.test(name))) return true;
  return type !== undefined && tries <= 5;
};

type Told = Error & { readonly type?: string; readonly retriable?: boolean };

const passing =
  /^KafkaJS(Connection|RequestTimeout|BrokerNotFound|NoBrokerAvailable|GroupCoordinatorNotFound)/;
const lasting = /UNKNOWN_TOPIC|INVALID_TOPIC|AUTHORIZATION|SASL/;
