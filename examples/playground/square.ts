import { type Palette, pixelsOf } from "./shading.ts";

/** Draws the values of an n × n square into a canvas of n × n pixels, which the style sheet makes as large as it likes. */
export const square = (canvas: HTMLCanvasElement): ((values: Float32Array, palette: Palette) => void) => {
  const context = canvas.getContext("2d")!;
  let image: ImageData | undefined;
  return (values, palette) => {
    const n = Math.sqrt(values.length);
    if (image?.width !== n) {
      [canvas.width, canvas.height] = [n, n];
      image = context.createImageData(n, n);
    }
    pixelsOf(values, palette, image.data);
    context.putImageData(image, 0, 0);
  };
};
