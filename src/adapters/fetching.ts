/** Milliseconds that a request for messages is open, and between signs of life meanwhile: without two of them it is made again. */
export const fetching = { expires: 20_000, idle_heartbeat: 1000 } as const;
