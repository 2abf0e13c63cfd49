import { contour } from "./contour.ts";
import { extent } from "./dataSets.ts";
import type { Seen } from "./session.ts";
import { shade } from "./shading.ts";
import { square } from "./square.ts";
import type { Theme } from "./theme.ts";

/** What the field is drawn from. */
export interface FieldPicture {
  /** n × n values from −1 to 1. */
  readonly values: Float32Array;
  readonly seen: readonly Seen[];
  readonly isClasses: boolean;
}

/** The plane: what is answered where, the line between, and the points that came last. */
export const fieldView = (canvas: HTMLCanvasElement, theme: Theme) => {
  const context = canvas.getContext("2d")!;
  const tiles = document.createElement("canvas");
  const drawTiles = square(tiles);

  const drawPoints = ({ seen, isClasses }: FieldPicture, size: number, unit: number): void => {
    const [ink, card] = [css(theme.color("ink")), css(theme.color("card"))];
    const dots = {
      low: theme.color("dot-low"),
      middle: theme.color("middle"),
      high: theme.color("dot-high"),
    };
    seen.forEach(({ x, y, wrong }, i) => {
      const [px, py] = [(x[0] / extent + 1) * 0.5 * size, (1 - x[1] / extent) * 0.5 * size];
      context.globalAlpha = 0.25 + 0.75 * ((i + 1) / seen.length);
      context.beginPath();
      context.arc(px, py, (wrong ? 4.4 : 3.6) * unit, 0, 2 * Math.PI);
      context.fillStyle = css(shade(isClasses ? 2 * y - 1 : y, dots));
      context.fill();
      context.lineWidth = (wrong ? 2 : 1) * unit;
      context.strokeStyle = wrong ? ink : card;
      context.stroke();
    });
    context.globalAlpha = 1;
  };

  return (picture: FieldPicture): void => {
    const unit = globalThis.devicePixelRatio || 1;
    const size = Math.max(1, Math.round(canvas.clientWidth * unit));
    if (canvas.width !== size) [canvas.width, canvas.height] = [size, size];
    drawTiles(picture.values, theme.palette);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(tiles, 0, 0, size, size);
    const n = tiles.width;
    context.beginPath();
    for (const [x0, y0, x1, y1] of contour(picture.values, n)) {
      context.moveTo((x0 / n) * size, (y0 / n) * size);
      context.lineTo((x1 / n) * size, (y1 / n) * size);
    }
    context.lineWidth = 1.75 * unit;
    context.lineCap = "round";
    context.strokeStyle = css(theme.color("ink"));
    context.globalAlpha = 0.75;
    context.stroke();
    context.globalAlpha = 1;
    drawPoints(picture, size, unit);
  };
};

const css = ([r, g, b]: readonly [number, number, number]): string => `rgb(${r} ${g} ${b})`;
