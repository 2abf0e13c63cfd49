type Child = Node | string;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const dress = <E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E => {
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  element.append(...children);
  return element;
};

/** An element of HTML. Texts are put in as texts, whatever stands in them. */
export const el = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] => dress(document.createElement(tag), attributes, children);

/** The same of SVG. */
export const svgEl = <Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] =>
  dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
