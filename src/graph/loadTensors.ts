import type { Tensor } from "../formats/tensor.ts";
import { fault, invalid, inWords, knownOptions } from "../math/invalid.ts";
import type { Data, Matrix } from "../math/matrix.ts";
import type { Model } from "./model.ts";

export interface LoadTensorsOptions {
  /** The name of the tensor for a parameter or buffer, such as `dense0.W`; undefined leaves it as it is. The same name, unless told otherwise. */
  readonly map?: ((name: string) => string | undefined) | Readonly<Record<string, string>>;
  /** Which are stored the other way round: of PyTorch's layers `weight` is outputs × inputs. */
  readonly transpose?: boolean | ((name: string) => boolean);
}

const actor = "loadTensors()";

/**
 * Sets parameters and buffers of a model from tensors of another origin, such as a file of PyTorch. A row may be a tensor of one
 * dimension; half, single and double precision are converted.
 * @throws InvalidInputError for a tensor that is missing, of another shape, or not finite; nothing has changed then.
 * @example
 * const { tensors } = readSafetensors(bytes);
 * loadTensors(net, tensors, {
 *   map: { "dense0.W": "0.weight", "dense0.b": "0.bias" },
 *   transpose: (name) => name.endsWith(".W"),
 * });
 */
export const loadTensors = (
  { weights, busy }: Model,
  tensors: ReadonlyMap<string, Tensor>,
  options: LoadTensorsOptions = {},
): void => {
  knownOptions(actor, options, ["map", "transpose"]);
  const { map = (name: string) => name, transpose = false } = options;
  if (busy) throw fault(actor, "no batch in flight", "one");
  const nameOf =
    typeof map === "function" ? map : (name: string) => (Object.hasOwn(map, name) ? map[name] : undefined);
  const turned = typeof transpose === "function" ? transpose : () => transpose;
  const matrices: (readonly [string, Matrix])[] = [
    ...weights.parameters.map(({ name, value }) => [name, value] as const),
    ...weights.layers.flatMap((layer) =>
      Object.entries(layer.buffers).map(([key, m]) => [`${layer.name}.${key}`, m] as const),
    ),
  ];
  const unknown =
    typeof map === "object" && Object.keys(map).find((name) => !matrices.some(([own]) => own === name));
  if (typeof unknown === "string")
    throw invalid(actor, `names out of ${matrices.map(([own]) => own).join(", ")}`, unknown);
  const found = matrices.flatMap(([own, m]) => {
    const name = nameOf(own);
    if (name === undefined) return [];
    return [[m, contentOf(own, m, name, tensors.get(name), turned(own))] as const];
  });
  for (const [{ data }, content] of found) data.set(content);
};

/** The numbers of a tensor, row by row as the matrix has them. */
const contentOf = (
  own: string,
  { rows, cols, data }: Matrix,
  name: string,
  tensor: Tensor | undefined,
  turned: boolean,
): Data => {
  if (!tensor) throw invalid(actor, `a tensor named ${JSON.stringify(name)} for ${own}`, "none");
  const { shape, data: numbers } = tensor;
  if (!(numbers instanceof Float32Array || numbers instanceof Float64Array))
    throw invalid(
      actor,
      `floating-point numbers as ${JSON.stringify(name)}`,
      inWords(numbers.constructor.name),
    );
  const flat = rows === 1 && shape.length === 1;
  const [height, width] = turned && !flat ? [cols, rows] : [rows, cols];
  if (flat ? shape[0] !== cols : shape.length !== 2 || shape[0] !== height || shape[1] !== width)
    throw invalid(
      actor,
      `${height} × ${width} numbers as ${JSON.stringify(name)} for ${own}`,
      shape.join(" × "),
    );
  const content = data.slice();
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) {
      const value = numbers[turned && !flat ? j * rows + i : i * cols + j]!;
      content[i * cols + j] = value;
      if (!Number.isFinite(content[i * cols + j]))
        throw invalid(actor, `finite numbers as ${JSON.stringify(name)}`, String(value));
    }
  return content;
};
