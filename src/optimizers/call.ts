/** A call that prints as its own source: `adam(0.001, { beta1: 0.5 })`. Empty options are left out. */
export const call = (name: string, ...args: readonly unknown[]): string =>
  `${name}(${args
    .map(print)
    .filter((arg) => arg !== "{}")
    .join(", ")})`;

const print = (arg: unknown): string => {
  if (typeof arg === "function") return arg.name || "schedule";
  if (typeof arg === "string") return JSON.stringify(arg);
  if (typeof arg !== "object" || arg === null) return String(arg);
  if (Array.isArray(arg)) return `[${arg.map(print).join(", ")}]`;
  if ("source" in arg && typeof arg.source === "string") return arg.source;
  if ("subscribe" in arg) return "rate$";
  const entries = Object.entries(arg).filter(([, value]) => value !== undefined);
  return entries.length ? `{ ${entries.map(([key, value]) => `${key}: ${print(value)}`).join(", ")} }` : "{}";
};
