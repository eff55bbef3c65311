/** A validator made from a JSON Schema when the program was built. */
export interface SchemaValidator {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

export interface SchemaError {
  /** JSON Pointer. */
  instancePath: string;
  keyword: string;
  params: Readonly<Record<string, unknown>>;
  parentSchema: Readonly<Record<string, unknown>>;
  /** The value that does not fit. */
  data: unknown;
  /** Set when a key, not a value, does not fit. */
  propertyName?: string;
}
