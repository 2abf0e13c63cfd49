import { random } from "rxgrad";
import { fromEvent, map, merge, type Observable } from "rxjs";
import { el } from "../../src/dashboard/page/el.ts";
import type { Change } from "./controls.ts";
import { dataSets, extent } from "./dataSets.ts";
import { labels } from "./labels.ts";
import { choices, type Settings } from "./settings.ts";
import { shade } from "./shading.ts";
import type { Theme } from "./theme.ts";

const side = 96;

/** A small picture of each data set, one of which is chosen. */
export const dataPicker = (host: HTMLElement, theme: Theme) => {
  const all = choices.data.map((name) => {
    const input = el("input", { type: "radio", name: "data", value: name });
    const canvas = el("canvas", { width: side, height: side });
    host.append(el("label", { title: labels.data[name] }, input, canvas, el("span", {}, labels.data[name])));
    return { name, input, canvas };
  });
  const changes$: Observable<Change> = merge(
    ...all.map(({ name, input }) => fromEvent(input, "change").pipe(map(() => ({ data: name })))),
  );
  return {
    changes$,
    show: ({ data }: Settings): void => {
      for (const { name, input } of all) input.checked = name === data;
    },
    draw: (): void => {
      const palette = {
        low: theme.color("dot-low"),
        middle: theme.color("middle"),
        high: theme.color("dot-high"),
      };
      for (const { name, canvas } of all) {
        const context = canvas.getContext("2d")!;
        const rng = random(7);
        const { task, draw } = dataSets[name];
        context.clearRect(0, 0, side, side);
        for (let i = 0; i < 260; i++) {
          const { x, y } = draw(rng, 0.05);
          const [r, g, b] = shade(task === "classes" ? 2 * y - 1 : y, palette);
          context.fillStyle = `rgb(${r} ${g} ${b})`;
          context.beginPath();
          context.arc((x[0] / extent + 1) * 0.5 * side, (1 - x[1] / extent) * 0.5 * side, 2.6, 0, 7);
          context.fill();
        }
      }
    },
  };
};
