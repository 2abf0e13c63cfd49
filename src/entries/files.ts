/**
 * Tables and lines in files: CSV, NDJSON, Parquet and Arrow, as sources that can be read again, and as sinks.
 * @module
 */

export type { ByteSource } from "../adapters/byteSource.ts";
export { type ColumnType, type FieldValue, isAbsent, readField, unreadable } from "../adapters/columnType.ts";
export type { Delivery } from "../adapters/delivery.ts";
export { type FromArrowOptions, fromArrow } from "../adapters/fromArrow.ts";
export { type CsvRow, type FieldValues, type FromCsvOptions, fromCsv } from "../adapters/fromCsv.ts";
export { type FromNdjsonOptions, fromNdjson } from "../adapters/fromNdjson.ts";
export { type FromParquetOptions, fromParquet } from "../adapters/fromParquet.ts";
export {
  type InferColumnsOptions,
  type InferredColumn,
  type InferredTable,
  inferColumns,
} from "../adapters/inferColumns.ts";
export type { LineSinkOptions } from "../adapters/lineSink.ts";
export type { BadRowOptions, RowDelivery, RowOptions } from "../adapters/rowDelivery.ts";
export { type Delimiter, sniffDelimiter } from "../adapters/sniffDelimiter.ts";
export { type ToCsvOptions, toCsv } from "../adapters/toCsv.ts";
export { toNdjson } from "../adapters/toNdjson.ts";
