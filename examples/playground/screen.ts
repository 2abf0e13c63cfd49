import { chartView } from "./chartView.ts";
import { dataSets } from "./dataSets.ts";
import { fieldView } from "./fieldView.ts";
import { inputNames } from "./inputs.ts";
import { formatCount, formatPercent } from "./labels.ts";
import { roundUp } from "./linePath.ts";
import { type Neuron, nameOf, networkView } from "./networkView.ts";
import { part } from "./part.ts";
import { camera } from "./picture.ts";
import type { Session } from "./session.ts";
import type { Theme } from "./theme.ts";

/** All that moves on the page: drawn from a session, as often as one likes. */
export const screen = (theme: Theme, resize: (layer: number, by: 1 | -1) => void, looked: () => void) => {
  let look: Neuron | undefined;
  const field = fieldView(part("field", HTMLCanvasElement), theme);
  const network = networkView(part("net", HTMLElement), {
    resize,
    look: (neuron) => {
      look = neuron;
      looked();
    },
  });
  const scores = chartView(
    part("score-chart", HTMLElement),
    "Accuracy over the last moments",
    (m) => m.score,
  );
  const losses = chartView(part("loss-chart", HTMLElement), "Loss over the last moments", (m) => m.loss);
  const take = camera();
  const text = (id: string, what: string): void => {
    const element = part(id, HTMLElement);
    if (element.textContent !== what) element.textContent = what;
  };
  const axes = [...document.querySelectorAll(".axis")];

  const draw = (session: Session): void => {
    const { net, settings, history, seen } = session;
    const widths = [2 + settings.extras.length, ...settings.layers, 1];
    if (look && look.unit >= (widths[look.layer] ?? 0)) look = undefined;
    const picture = take(session, look);
    field({ ...picture, seen });
    const inputs = inputNames(settings);
    network.draw(net, picture.maps, theme.palette, picture.isClasses, inputs);
    const most = roundUp(
      1.3 *
        quantile(
          history.moments.map(({ loss }) => loss),
          0.97,
        ),
    );
    scores(history, 1);
    losses(history, most);
    text("loss-most", String(Number(most.toPrecision(2))));
    text("score", picture.isClasses ? formatPercent(session.score) : formatNumber(session.score));
    text("loss", formatNumber(session.loss));
    text("shown", look ? nameOf(look, widths.length, inputs) : "");
    const [first, last] = [history.moments[0], history.moments.at(-1)];
    for (const axis of axes) {
      axis.firstElementChild!.textContent = first ? `event ${formatCount(first.at)}` : "";
      axis.lastElementChild!.textContent = last ? formatCount(last.at) : "";
    }
  };
  return {
    draw,
    /** A new session begins. */
    begin: ({ settings }: Session): void => {
      network.forget();
      const isClasses = dataSets[settings.data].task === "classes";
      text("h-score", isClasses ? "Accuracy" : "R²");
      text("low-name", isClasses ? "class 0" : "−1");
      text("high-name", isClasses ? "class 1" : "1");
      document.querySelector("#score-chart + .axis")!.parentElement!.querySelector(".most")!.textContent =
        isClasses ? "100 %" : "1";
    },
  };
};

const formatNumber = (v: number): string => (Number.isFinite(v) ? v.toFixed(3) : "–");

/** Of so large a share of the values none is larger; a few high ones must not flatten the rest. */
const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(share * values.length)] ?? 0;
