/** A number in four digits, for people: `0.1235`, `−12.3 k`, `1.2e−7`. */
export const format = (x: number | null | undefined, digits = 4): string =>
  x === null || x === undefined || !Number.isFinite(x) ? "–" : shortened(x, digits).replaceAll("-", "−");

const shortened = (x: number, digits: number): string => {
  const size = Math.abs(x);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return x.toExponential(1).replace("e+", "e");
  if (size >= 1e9) return `${trimmed(x / 1e9, 3)} G`;
  if (size >= 1e6) return `${trimmed(x / 1e6, 3)} M`;
  if (size >= 1e4) return `${trimmed(x / 1e3, 3)} k`;
  return trimmed(x, digits);
};

const trimmed = (x: number, digits: number): string => String(Number(x.toPrecision(digits)));

/** A whole number with its thousands apart. */
export const formatCount = (n: number): string => n.toLocaleString("en-US");

/** `14:03:07` of milliseconds since 1970. */
export const formatTime = (time: number): string => new Date(time).toTimeString().slice(0, 8);

/** The same along an axis, as exact as its steps: `14:03:07`, `14:03`, `23 Nov 14:03`; steps are in seconds. */
export const formatAxisTime = (seconds: number, step: number, range: number): string => {
  const date = new Date(1000 * seconds);
  const clock = formatTime(1000 * seconds).slice(0, step < 60 ? 8 : 5);
  if (range < 86_400) return clock;
  const day = `${date.getDate()} ${date.toLocaleString("en", { month: "short" })}`;
  return step < 86_400 ? `${day} ${clock}` : day;
};

/** `2 d 3 h`, `4 h 5 min`, `6 min 7 s`, `8 s`. */
export const formatDuration = (ms: number): string => {
  const s = Math.max(0, Math.floor(ms / 1000));
  const [d, h, min] = [Math.floor(s / 86_400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  if (d > 0) return `${d} d ${h} h`;
  if (h > 0) return `${h} h ${min} min`;
  return min > 0 ? `${min} min ${s % 60} s` : `${s} s`;
};
