const styled = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "opacity",
  "font-size",
  "font-family",
  "font-weight",
  "text-anchor",
];

/** A drawing of the page as a file: with what the style sheet says of each part written into it. */
export const svgFile = (drawing: SVGSVGElement, paper: string): string => {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const originals = [drawing, ...drawing.querySelectorAll<SVGElement>("*")];
  [copy, ...copy.querySelectorAll<SVGElement>("*")].forEach((part, i) => {
    const style = getComputedStyle(originals[i]!);
    for (const name of styled) part.setAttribute(name, style.getPropertyValue(name));
    part.removeAttribute("style");
    part.removeAttribute("class");
  });
  copy.style.background = paper;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return `${new XMLSerializer().serializeToString(copy)}\n`;
};
