// The rules of a change as data: their schema, and how they become functions.
import { Failure, Type } from "@millrace/sdk";
import { compilePattern } from "../pattern/pattern.ts";
import { asText, equals } from "../value/compare.ts";
import { REFERENCE_HELP, type References, type World } from "../value/reference.ts";
import { compileTarget, type Draft } from "./draft.ts";

export const Rule = Type.Object(
  {
    action: Type.Enum(["set", "delete", "move", "replace"], {
      type: "string",
      title: "Do",
      description: "What to do with the value.",
      default: "set",
    }),
    path: Type.String({
      title: "Value",
      description: "What is changed: in payload, attributes, correlationId, state, flow or global.",
      "x-widget": "path",
    }),
    value: Type.Optional(
      Type.Unknown({ title: "To", description: "Set, replace: the new value, as JSON.", "x-widget": "json" }),
    ),
    from: Type.Optional(
      Type.String({
        title: "To the value of",
        description: `Set, replace: where the new value is read, instead of "To". ${REFERENCE_HELP}`,
        "x-widget": "path",
      }),
    ),
    to: Type.Optional(
      Type.String({ title: "Move to", description: "Move: the new place.", "x-widget": "path" }),
    ),
    search: Type.Optional(
      Type.Unknown({ title: "Search for", description: "Replace: a text, number, boolean or null." }),
    ),
    pattern: Type.Optional(
      Type.Boolean({ title: "As a pattern", description: `Replace: "Search for" is a regular expression.` }),
    ),
    ignoreCase: Type.Optional(
      Type.Boolean({ title: "Ignore case", description: "Replace: with a pattern." }),
    ),
  },
  { additionalProperties: false },
);

export type RuleConfig = Type.Static<typeof Rule>;
export type Change = (draft: Draft) => void;

/** Compiles a rule. Throws a Failure that names what it lacks. */
export function compileRule(rule: RuleConfig, references: References, world: World): Change {
  const target = compileTarget(rule.path, references, world);
  switch (rule.action) {
    case "set": {
      const value = compileValue(rule, references);
      return (draft) => target.write(draft, value(draft));
    }
    case "delete":
      return (draft) => target.write(draft, undefined);
    case "move": {
      if (rule.to === undefined) throw lacking(rule, "to");
      const place = compileTarget(rule.to, references, world);
      return (draft) => {
        const value = target.read(draft, draft.state);
        target.write(draft, undefined);
        place.write(draft, value);
      };
    }
    case "replace": {
      const replace = compileReplace(rule, compileValue(rule, references));
      return (draft) => {
        const current = target.read(draft, draft.state);
        const next = replace(current, draft);
        if (next !== current) target.write(draft, next);
      };
    }
    default:
      throw lacking(rule, "action");
  }
}

function compileValue(rule: RuleConfig, references: References): (draft: Draft) => unknown {
  if (rule.from !== undefined) {
    const read = references.compile(rule.from);
    return (draft) => read(draft, draft.state);
  }
  if (!Object.hasOwn(rule, "value")) throw lacking(rule, "value");
  return () => rule.value;
}

/** Within a text every occurrence is replaced; a text that is nothing else, and other values, become the new value. */
function compileReplace(
  rule: RuleConfig,
  value: (draft: Draft) => unknown,
): (current: unknown, draft: Draft) => unknown {
  const { search } = rule;
  if (search === undefined) throw lacking(rule, "search");
  if (rule.pattern) {
    const pattern = compilePattern(String(search), { ignoreCase: rule.ignoreCase ?? false });
    return (current, draft) =>
      typeof current === "string" ? pattern.replace(current, asText(value(draft))) : current;
  }
  return (current, draft) => {
    if (typeof current === "string" && typeof search === "string") {
      if (search === "" || !current.includes(search)) return current;
      return current === search ? value(draft) : current.replaceAll(search, () => asText(value(draft)));
    }
    return typeof current === "string" || !equals(current, search) ? current : value(draft);
  };
}

function lacking(rule: RuleConfig, field: string): Failure {
  return new Failure(`The rule "${rule.action}" on "${rule.path}" has no "${field}". Add it.`, {
    code: "change/bad-rule",
    retry: false,
  });
}
