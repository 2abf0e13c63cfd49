import type { Clock } from "./clock.ts";
import type { Wait } from "./process.ts";

/** Something that work takes time of, in milliseconds on an idle one. */
export interface Resource {
  /** `begun` is told when it is its turn. */
  take(work: number, begun?: () => void): Wait;
  /** Work that it was given so far. */
  readonly used: number;
}

/** One thing after another: a wire, a thread of its own core. */
export const queue = (clock: Clock): Resource => {
  let free = 0;
  let used = 0;
  return {
    take: (work, begun) => (resume) => {
      const from = Math.max(free, clock.now());
      free = from + work;
      used += work;
      if (begun) clock.after(from - clock.now(), begun);
      clock.after(free - clock.now(), resume);
    },
    get used() {
      return used;
    },
  };
};

export interface CoresOptions {
  readonly cores: number;
  /** How fast a core is while others are at work, too: below 1 where they share caches and execution units. */
  readonly together?: number;
}

/** Cores that are shared evenly by whatever there is to do (processor sharing), at most one core for each. */
export const cores = (clock: Clock, { cores, together = 1 }: CoresOptions): Resource => {
  let jobs: { left: number; readonly resume: () => void }[] = [];
  let since = 0;
  let turn = 0;
  let used = 0;
  const speed = (): number => {
    const n = jobs.length;
    return Math.min(1, cores / n) * (n > 1 ? together : 1);
  };
  const advance = (): void => {
    const done = (clock.now() - since) * speed();
    for (const job of jobs) job.left -= done;
    since = clock.now();
  };
  const plan = (): void => {
    const mine = ++turn;
    if (jobs.length === 0) return;
    const least = jobs.reduce((least, { left }) => Math.min(least, left), Number.POSITIVE_INFINITY);
    clock.after(least / speed(), () => {
      if (mine !== turn) return;
      advance();
      const ready = jobs.filter(({ left }) => left <= 1e-9);
      jobs = jobs.filter(({ left }) => left > 1e-9);
      plan();
      for (const { resume } of ready) resume();
    });
  };
  return {
    take: (work) => (resume) => {
      if (work === 0) return clock.after(0, resume);
      used += work;
      if (jobs.length > 0) advance();
      else since = clock.now();
      jobs.push({ left: work, resume });
      plan();
    },
    get used() {
      return used;
    },
  };
};

/** One thread, whose work is done by cores that others use as well. */
export const threadOn = (cores: Resource): Resource => {
  const waiting: {
    readonly work: number;
    readonly resume: () => void;
    readonly begun: (() => void) | undefined;
  }[] = [];
  let busy = false;
  let used = 0;
  const next = (): void => {
    const job = waiting.shift();
    busy = job !== undefined;
    if (!job) return;
    job.begun?.();
    cores.take(job.work)(() => {
      next();
      job.resume();
    });
  };
  return {
    take: (work, begun) => (resume) => {
      used += work;
      waiting.push({ work, resume, begun });
      if (!busy) next();
    },
    get used() {
      return used;
    },
  };
};

/** So many cores of their own, which take one job after another; cheaper than {@link cores} when thousands of jobs wait. */
export const pool = (clock: Clock, cores: number): Resource => {
  const free = new Float64Array(cores);
  let used = 0;
  return {
    take: (work) => (resume) => {
      let first = 0;
      for (let i = 1; i < cores; i++) if (free[i]! < free[first]!) first = i;
      free[first] = Math.max(free[first]!, clock.now()) + work;
      used += work;
      clock.after(free[first]! - clock.now(), resume);
    },
    get used() {
      return used;
    },
  };
};
