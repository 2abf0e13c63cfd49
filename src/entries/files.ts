export { type ColumnType, type FieldValue, isAbsent, readField, unreadable } from "../adapters/columnType.ts";
export {
  type InferColumnsOptions,
  type InferredColumn,
  type InferredTable,
  inferColumns,
} from "../adapters/inferColumns.ts";
export { type Delimiter, sniffDelimiter } from "../adapters/sniffDelimiter.ts";
