/** The numbers of a tensor, in the type in which they are stored. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Numbers with a shape, row-major; `[]` is the shape of a single number. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** A tensor out of a file. F16 and BF16 are read as float32, which holds each of them exactly; BOOL as bytes. */
export interface StoredTensor extends Tensor {
  /** How the file stores it: F64, F32, F16, BF16, I64, …, BOOL. */
  readonly dtype: string;
}

/** What a file of tensors holds. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}
