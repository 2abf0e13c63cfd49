import type { Model } from "rxgrad";
import { el, svgEl } from "../../src/dashboard/page/el.ts";
import { type NetworkLayout, networkLayout } from "./networkLayout.ts";
import type { Palette } from "./shading.ts";
import { square } from "./square.ts";

/** A neuron, by its layer, of which the inputs are 0. */
export interface Neuron {
  readonly layer: number;
  readonly unit: number;
}

interface NetworkActions {
  /** One neuron more or less in a hidden layer, which are counted from 0. */
  resize(layer: number, by: 1 | -1): void;
  /** Somebody looks at a neuron, or at none. */
  look(neuron: Neuron | undefined): void;
}

const top = 58;

/** The network: neurons that show what they answer all over the plane, weights as lines, and gradients that flow back on them. */
export const networkView = (host: HTMLElement, actions: NetworkActions) => {
  let layout: NetworkLayout | undefined;
  let drawn = "";
  let lines: readonly { readonly weight: SVGPathElement; readonly flow: SVGPathElement }[] = [];
  let neurons: readonly ReturnType<typeof square>[] = [];
  let smooth = new Float32Array(0);
  let peak = 1e-9;

  const build = (widths: readonly number[], classes: boolean, inputs: readonly string[]): void => {
    const { clientWidth: width, clientHeight: height } = host;
    const key = [widths, width, height, classes, inputs].join();
    if (key === drawn || width === 0) return;
    drawn = key;
    layout = networkLayout(widths, width, height, top);
    const { size, places, links, columns } = layout;
    lines = links.map(({ path }) => ({
      weight: svgEl("path", { d: path, class: "weight" }),
      flow: svgEl("path", { d: path, class: "flow" }),
    }));
    smooth = new Float32Array(links.length);
    const svg = svgEl("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    svg.append(...lines.map(({ weight }) => weight), ...lines.map(({ flow }) => flow));
    const boxes = places.map((neuron) => {
      const { layer, unit, x, y } = neuron;
      const canvas = el("canvas");
      const name = nameOf(neuron, widths.length, inputs);
      const style = `left:${x - size / 2}px;top:${y - size / 2}px;width:${size}px;height:${size}px`;
      const button = el(
        "button",
        { type: "button", class: "neuron", style, title: name, "aria-label": name },
        canvas,
      );
      for (const event of ["pointerenter", "focus"])
        button.addEventListener(event, () => actions.look({ layer, unit }));
      for (const event of ["pointerleave", "blur"])
        button.addEventListener(event, () => actions.look(undefined));
      return { button, draw: square(canvas) };
    });
    neurons = boxes.map(({ draw }) => draw);
    const heads = widths.map((count, layer) => head(layer, count, columns[layer]!, widths.length, classes));
    const focused = host.contains(document.activeElement)
      ? document.activeElement?.getAttribute("aria-label")
      : null;
    host.replaceChildren(svg, ...heads, ...boxes.map(({ button }) => button));
    if (focused) host.querySelector<HTMLElement>(`[aria-label="${focused}"]`)?.focus();
  };

  const head = (layer: number, count: number, x: number, layers: number, classes: boolean): HTMLElement => {
    const hidden = layer > 0 && layer < layers - 1;
    const outside = layer === 0 ? "inputs" : classes ? "answer" : "value";
    const edge = layer === 0 ? " first" : layer === layers - 1 ? " last" : "";
    const left = layer === 0 ? "0" : layer === layers - 1 ? "100%" : `${x}px`;
    const box = el("div", { class: `head${edge}`, style: `left:${left}` });
    if (!hidden) {
      box.append(el("span", {}, outside));
      return box;
    }
    const change = (by: 1 | -1, sign: string, word: string): HTMLElement => {
      const button = el(
        "button",
        { type: "button", "aria-label": `One neuron ${word} in layer ${layer}` },
        sign,
      );
      button.addEventListener("click", () => actions.resize(layer - 1, by));
      return button;
    };
    box.append(el("span", {}, String(count)), el("div", {}, change(-1, "−", "less"), change(1, "+", "more")));
    return box;
  };

  const drawLinks = (net: Model): void => {
    let most = 0;
    layout!.links.forEach(({ layer, row, column }, i) => {
      const { value, grad } = net.parameters[2 * layer]!;
      const at = row * value.cols + column;
      const [w, g] = [value.data[at]!, Math.abs(grad.data[at]!)];
      smooth[i] = 0.85 * smooth[i]! + 0.15 * (Number.isFinite(g) ? g : 0);
      most = Math.max(most, smooth[i]!);
      const { weight, flow } = lines[i]!;
      const size = Math.min(7, 0.4 + 1.9 * Math.abs(w));
      set(weight, "stroke-width", Number.isFinite(size) ? size.toFixed(1) : "7");
      set(weight, "class", w > 0 ? "weight positive" : "weight negative");
      const share = Math.min(1, smooth[i]! / peak);
      set(flow, "stroke-opacity", share < 0.12 ? "0" : (0.15 + 0.85 * share).toFixed(1));
    });
    peak = Math.max(1e-9, 0.995 * peak, most);
  };

  return {
    /** `maps` are small squares of what each neuron answers, in the order of the layers. */
    draw: (
      net: Model,
      maps: readonly (readonly Float32Array[])[],
      palette: Palette,
      classes: boolean,
      inputs: readonly string[],
    ): void => {
      build(
        maps.map(({ length }) => length),
        classes,
        inputs,
      );
      if (!layout) return;
      layout.places.forEach(({ layer, unit }, i) => void neurons[i]!(maps[layer]![unit]!, palette));
      drawLinks(net);
    },
    /** A new network: what flowed in the old one is forgotten. */
    forget: (): void => {
      smooth.fill(0);
      peak = 1e-9;
    },
  };
};

export const nameOf = ({ layer, unit }: Neuron, layers: number, inputs: readonly string[]): string => {
  if (layer === 0) return `input ${inputs[unit]}`;
  return layer === layers - 1 ? "the answer" : `neuron ${unit + 1} of layer ${layer}`;
};

const set = (element: Element, name: string, value: string): void => {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
};
