/**
 * Whether an error of NATS is one of the connection or of a server that starts, which a client that connects again outlives.
 * That JetStream does not answer passes within seconds, or not at all, when the server was started without it.
 */
export const natsPasses = (error: unknown, tries: number): boolean => {
  if (!(error instanceof Error)) return false;
  if (passing.includes(error.name)) return true;
  const { status, code } = error as { status?: unknown; code?: unknown };
  if (status === 503) return true; // JetStream is temporarily unavailable
  if (code === subjectsOverlap) return tries <= 6; // also said of a stream that another client is making at this moment
  return error.name === "JetStreamNotEnabled" && tries <= 20;
};

const passing = ["TimeoutError", "RequestError", "ConnectionError", "InterruptedError"];

const subjectsOverlap = 10065;
