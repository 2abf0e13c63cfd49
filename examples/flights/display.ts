import { Presets, SingleBar } from "cli-progress";
import { legend, line } from "./report.ts";
import type { Standing } from "./scoring.ts";

/** Shows how the learning goes. */
export interface Display {
  show(standing: Standing): void;
  close(): void;
}

/** A progress bar on a terminal; elsewhere a plain line every few seconds. */
export const display = (total: number, out: NodeJS.WriteStream = process.stdout): Display => {
  const started = performance.now();
  const speed = ({ flights }: Standing): number => (flights / (performance.now() - started)) * 1000;
  out.write(`Each flight is predicted when it departs and learned when it has landed; ${legend}.\n`);
  if (!out.isTTY) {
    let next = 0;
    return {
      show: (standing) => {
        const now = performance.now();
        if (now < next) return;
        next = now + 5000;
        out.write(`${Math.floor((100 * standing.flights) / total)} %  ${line(standing, speed(standing))}\n`);
      },
      close: () => {},
    };
  }
  const format = "{bar} {percentage} % {line}";
  const bar = new SingleBar({ format, barsize: 12, fps: 5, stream: out }, Presets.shades_classic);
  let isDrawn = false;
  return {
    show: (standing) => {
      if (!isDrawn) bar.start(total, 0, { line: "" }); // not before, so that the page's address stands above it
      isDrawn = true;
      bar.update(standing.flights, { line: line(standing, speed(standing)) });
    },
    close: () => bar.stop(),
  };
};
