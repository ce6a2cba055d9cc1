// What a failed keyword of JSON Schema means for the person who fills in the field. Pure.

/** A short sentence for a fault that @cfworker/json-schema reports as `keyword` and `error`. */
export function sentence(keyword: string, error: string): string {
  const quoted = [...error.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? "");
  const numbers = [...error.matchAll(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g)].map((match) => match[0]);
  switch (keyword) {
    case "required":
    case "dependentRequired":
      return "This is needed.";
    case "type":
      return `Must be ${article(expectedTypes(error))}.`;
    case "enum":
    case "const":
      return `Must be ${choices(error)}.`;
    case "pattern":
      return "Is not written in the form that is expected here.";
    case "format":
      return `Must be a valid ${quoted[0] ?? "value"}.`;
    case "minimum":
      return `Must be at least ${numbers.at(-1)}.`;
    case "maximum":
      return `Must be at most ${numbers.at(-1)}.`;
    case "exclusiveMinimum":
      return `Must be more than ${numbers.at(-1)}.`;
    case "exclusiveMaximum":
      return `Must be less than ${numbers.at(-1)}.`;
    case "multipleOf":
      return `Must be a multiple of ${numbers.at(-1)}.`;
    case "minLength":
      return `Needs at least ${numbers.at(-1)} characters.`;
    case "maxLength":
      return `May have at most ${numbers.at(-1)} characters.`;
    case "minItems":
      return `Needs at least ${numbers.at(-1)} entries.`;
    case "maxItems":
      return `May have at most ${numbers.at(-1)} entries.`;
    case "uniqueItems":
      return "Each entry may stand here only once.";
    case "additionalProperties":
    case "unevaluatedProperties":
      return `"${quoted[0] ?? ""}" is not known here.`;
    case "anyOf":
    case "oneOf":
      return "Fits none of the forms that are allowed here.";
    default:
      return error;
  }
}

/** `1`, or `one of "a", "b"`. */
function choices(error: string): string {
  const written = /match (?:any of )?(.*)\.$/.exec(error)?.[1] ?? "";
  const list = error.includes("any of") ? /^\[(.*)\]$/.exec(written)?.[1] : undefined;
  return list === undefined ? written : `one of ${list.replaceAll(",", ", ")}`;
}

function expectedTypes(error: string): string[] {
  const expected = error.slice(error.indexOf("Expected") + "Expected".length);
  return [...expected.matchAll(/"([^"]*)"/g)].flatMap((match) => (match[1] ?? "").split(/",?\s*"?/));
}

const article = (types: readonly string[]): string =>
  types
    .map((type) => (type === "null" ? "nothing" : /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`))
    .join(" or ");
