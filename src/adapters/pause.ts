/** Waits so many milliseconds, or until nobody wants more. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resume) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resume();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });

/** How long to wait before another try to connect: `first` milliseconds, and twice as long each time, up to `most`. */
export const backoff = (first: number, most: number, tries: number): number =>
  Math.min(most, first * 2 ** Math.min(tries, 30));
