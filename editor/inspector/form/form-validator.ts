// rjsf's validator over @cfworker/json-schema, which interprets schemas: the editor's Content-Security-Policy
// forbids the generated code of others. The engine's own check has the last word at deploy.
import { type OutputUnit, type Schema, Validator } from "@cfworker/json-schema";
import {
  type CustomValidator,
  createErrorHandler,
  type ErrorTransformer,
  getDefaultFormState,
  type RJSFSchema,
  type RJSFValidationError,
  toErrorSchema,
  type UiSchema,
  unwrapErrorHandler,
  type ValidationData,
  type ValidatorType,
  validationDataMerge,
} from "@rjsf/utils";
import { sentence } from "./validation-sentence.ts";

type Form = Record<string, unknown>;

/** Keywords that only say that something below them is wrong. */
const OUTER = new Set([
  "$ref",
  "$recursiveRef",
  "properties",
  "patternProperties",
  "items",
  "prefixItems",
  "additionalItems",
  "contains",
  "allOf",
  "if",
  "then",
  "else",
  "dependentSchemas",
  "dependencies",
  "propertyNames",
  "false",
]);

/** Every fault of a value, each at the deepest place that can be shown. Empty when it is valid. */
export function validate(schema: unknown, value: unknown): RJSFValidationError[] {
  const result = new Validator(forCheck(schema), "2020-12", false).validate(plainData(value) ?? null);
  const seen = new Set<string>();
  return leaves(result.errors).flatMap((unit) => {
    const error = asFormError(unit);
    const key = `${error.property} ${error.message}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [error];
  });
}

/** The adapter. One for all forms: it holds the compiled form of schemas it has seen, as long as they live. */
export function createFormValidator(): ValidatorType<Form> {
  const validators = new WeakMap<object, WeakMap<object, Validator>>();
  const validatorOf = (schema: RJSFSchema, root: RJSFSchema) => {
    const byRoot = validators.get(schema) ?? new WeakMap<object, Validator>();
    validators.set(schema, byRoot);
    const known = byRoot.get(root) ?? new Validator(forCheck(withDefinitions(schema, root)), "2020-12");
    byRoot.set(root, known);
    return known;
  };
  return {
    validateFormData(formData, schema, customValidate, transformErrors, uiSchema) {
      const errors = validate(schema, formData ?? {});
      return withCustom(errors, formData, schema, customValidate, transformErrors, uiSchema, this);
    },
    isValid(schema, formData, rootSchema) {
      if (typeof schema === "boolean") return schema;
      const value = plainData(formData);
      return value !== undefined && validatorOf(schema, rootSchema ?? schema).validate(value).valid;
    },
    rawValidation: <Result>(schema: RJSFSchema, formData?: Form) => ({
      errors: validate(schema, formData) as Result[],
    }),
  };
}

function withCustom(
  found: RJSFValidationError[],
  formData: Form | undefined,
  schema: RJSFSchema,
  customValidate: CustomValidator<Form> | undefined,
  transformErrors: ErrorTransformer<Form> | undefined,
  uiSchema: UiSchema<Form> | undefined,
  validator: ValidatorType<Form>,
): ValidationData<Form> {
  const errors = transformErrors ? transformErrors(found, uiSchema) : found;
  const data: ValidationData<Form> = { errors, errorSchema: toErrorSchema<Form>(errors) };
  if (!customValidate) return data;
  const filled = getDefaultFormState<Form>(validator, schema, formData, schema, true) as Form;
  const handler = customValidate(filled, createErrorHandler<Form>(filled), uiSchema, data.errorSchema);
  return validationDataMerge<Form>(data, unwrapErrorHandler<Form>(handler));
}

/** rjsf cuts schemas out of their root; what they refer to stays in the root's definitions. */
function withDefinitions(schema: RJSFSchema, root: RJSFSchema): RJSFSchema {
  if (schema === root || (!root.$defs && !root.definitions)) return schema;
  return {
    allOf: [schema],
    ...(root.$defs ? { $defs: root.$defs } : {}),
    ...(root.definitions ? { definitions: root.definitions } : {}),
  };
}

/** A copy without `$id`: two schemas of one name would be taken for each other, and nothing is fetched anyway. */
function forCheck(schema: unknown): Schema {
  return JSON.parse(
    JSON.stringify(schema ?? {}, (key, value) => (key === "$id" ? undefined : value)),
  ) as Schema;
}

/** As JSON would say it: keys that hold undefined are absent. */
const plainData = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

/** Errors worth showing: not the frames around them, and of alternatives the one that fits best. */
function leaves(units: readonly OutputUnit[]): OutputUnit[] {
  const alternatives = units.filter((unit) => unit.keyword === "anyOf" || unit.keyword === "oneOf");
  const inAlternative = (unit: OutputUnit) =>
    alternatives.some(
      (outer) => unit !== outer && unit.keywordLocation.startsWith(`${outer.keywordLocation}/`),
    );
  const plain = units.filter((unit) => !isFrame(unit, units) && !inAlternative(unit));
  return plain.flatMap((unit) => {
    if (!alternatives.includes(unit)) return [unit];
    const best = bestBranch(unit, units);
    const deeper = best.every((inner) => inner.instanceLocation.length > unit.instanceLocation.length);
    return best.length > 0 && deeper ? best : [unit];
  });
}

/** Other properties are a fault themselves only where the schema allows none. */
function isFrame(unit: OutputUnit, units: readonly OutputUnit[]): boolean {
  if (!/^(additional|unevaluated)Properties$/.test(unit.keyword)) return OUTER.has(unit.keyword);
  return !units.some(
    (inner) => inner.keyword === "false" && inner.instanceLocation.startsWith(`${unit.instanceLocation}/`),
  );
}

function bestBranch(outer: OutputUnit, units: readonly OutputUnit[]): OutputUnit[] {
  const branches = new Map<string, OutputUnit[]>();
  for (const unit of units) {
    if (!unit.keywordLocation.startsWith(`${outer.keywordLocation}/`)) continue;
    const index = unit.keywordLocation.slice(outer.keywordLocation.length + 1).split("/")[0] ?? "";
    branches.set(index, [...(branches.get(index) ?? []), unit]);
  }
  const shown = [...branches.values()].map((branch) => leaves(branch));
  return shown.sort((a, b) => a.length - b.length)[0] ?? [];
}

function asFormError(unit: OutputUnit): RJSFValidationError {
  const missing =
    unit.keyword === "required" ? /required property "(.*)"\.$/.exec(unit.error)?.[1] : undefined;
  const steps = unit.instanceLocation.slice(1).split("/").slice(1).map(decode);
  const path = missing === undefined ? steps : [...steps, missing];
  const property = path.map((step) => `[${JSON.stringify(step)}]`).join("") || ".";
  const message = sentence(unit.keyword, unit.error);
  return {
    name: unit.keyword,
    property,
    message,
    stack: `${property} ${message}`,
    schemaPath: unit.keywordLocation,
  };
}

const decode = (step: string): string => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
