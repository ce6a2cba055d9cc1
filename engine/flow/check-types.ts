// The flow's own types: their schemas, ports and code.

import { RESERVED_PORTS } from "@millrace/sdk";
import {
  flowBadSchema,
  flowFileMissing,
  flowFileOutside,
  flowTypeShadowed,
  flowWrongValue,
} from "../base/errors/flow.ts";
import type { Inspection } from "./inspection.ts";
import { configSchema } from "./node-shape.ts";
import type { OutlineType } from "./outline.ts";
import { pointer } from "./pointer.ts";
import { fileKey, isFileReference } from "./references.ts";
import { schemaFaults } from "./schema-faults.ts";
import { expandedSize, LARGEST_SCHEMA } from "./schema-size.ts";

export function checkTypes(inspection: Inspection): void {
  for (const type of inspection.outline.types.values()) {
    if (inspection.full) return;
    const { name } = type;
    const steps = ["types", name];
    const config = configSchema(type.config);
    const isWhole = config === type.config;
    const configSteps = [...steps, "config"];
    const what = `The config of type "${name}"`;
    const faults = schemaFaults(config, what, configSteps);
    if (!faults.some((fault) => fault.severity === "error") && expandedSize(config) > LARGEST_SCHEMA) {
      const reason = "it refers to itself, or is too large";
      faults.push(flowBadSchema.problem({ what, reason }, { path: pointer(...configSteps) }));
    }
    if (faults.some((fault) => fault.severity === "error")) inspection.brokenTypes.add(name);
    // The wrapping of bare fields is no part of the document.
    inspection.addAll(
      faults.map((fault) =>
        isWhole
          ? fault
          : {
              ...fault,
              path: fault.path.replace(pointer(...configSteps, "properties"), pointer(...configSteps)),
            },
      ),
    );
    checkPorts(type, inspection);
    checkCode(type, inspection);
    const installed = inspection.options.types.get(name);
    if (installed) {
      inspection.add(
        flowTypeShadowed.problem({ type: name, package: installed.package }, { path: pointer(...steps) }),
      );
    }
  }
}

function checkPorts(type: OutlineType, inspection: Inspection): void {
  for (const side of ["inputs", "outputs"] as const) {
    for (const [port, schema] of type[side]) {
      const steps = ["types", type.name, side, port];
      const kind = side === "inputs" ? "input" : "output";
      if (RESERVED_PORTS.has(port)) {
        const what = `An ${kind} of type "${type.name}"`;
        const need = "This name has a meaning of its own. Choose another one.";
        inspection.add(
          flowWrongValue.problem({ what, value: `"${port}"`, need }, { path: pointer(...steps) }),
        );
      }
      inspection.addAll(
        schemaFaults(schema, `The schema of ${kind} "${port}" of type "${type.name}"`, steps),
      );
    }
  }
}

function checkCode({ name, code }: OutlineType, inspection: Inspection): void {
  if (!isFileReference(code) || typeof code.$file !== "string") return;
  const path = pointer("types", name, "code", "$file");
  const key = fileKey(code.$file);
  if (key === undefined) inspection.add(flowFileOutside.problem({ file: code.$file }, { path }));
  else if (!Object.hasOwn(inspection.bundle.files, key)) {
    inspection.add(flowFileMissing.problem({ file: code.$file }, { path }));
  }
}
