// Code in a config. It lives in a file beside the flow (`{ "$file": … }`); new code gets one by itself, and code
// that was written into the flow stays there until it is moved.
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconFileExport } from "@tabler/icons-react";
import { useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { setFile } from "../../../document/commands.ts";
import { nodeOf, own } from "../../../document/draft.ts";
import { useCatalogue, useDocument, useEditor } from "../../../editor.ts";
import { CodeBox } from "../../../script/CodeBox.tsx";
import { reportScript } from "../../../script/script-report.ts";
import { scriptTypes } from "../../../script/script-types.ts";
import { moveToFile, newFileName } from "../config-path.ts";
import { NodeScope } from "../NodeScope.ts";
import { namedReference } from "../reference.ts";
import { FieldFrame } from "./FieldFrame.tsx";
import { asText, type ConfigFieldProps } from "./field.ts";

export function CodeField(props: ConfigFieldProps) {
  const { value, path, schema, label, onChange, onBlur } = props;
  const { t } = useTranslation();
  const editor = useEditor();
  const node = useContext(NodeScope);
  const flowName = useDocument((document) => document.name);
  const reference = namedReference(value);
  const file = reference?.kind === "file" ? reference.name : null;
  const text = useDocument((document) => (file === null ? null : (own(document.draft.files, file) ?? null)));
  const language = typeof schema["x-language"] === "string" ? schema["x-language"] : "typescript";
  const types = useNodeTypes(node, language);

  /** Code that is not there yet, or only as the type's default. */
  const unwritten = value === undefined || value === "" || value === schema.default;
  const shown = file !== null ? (text ?? "") : asText(value);
  const moveOut = (code: string) => {
    if (node === null) return onChange(code);
    const { files } = editor.document.current().draft;
    const name = newFileName(flowName, node, path, language, files);
    editor.document.dispatch(moveToFile(node, path, name, code));
  };
  const change = (code: string) => {
    if (file !== null) editor.document.dispatch(setFile(file, code));
    else if (unwritten) moveOut(code);
    else onChange(code);
  };
  const place = `${flowName}/${node ?? "flow"}/${path.join(".")}.${language === "typescript" ? "ts" : language}`;
  return (
    <FieldFrame {...props}>
      <CodeBox
        value={shown}
        onChange={change}
        onBlur={onBlur}
        path={place}
        language={language}
        label={label}
        {...(types === null ? {} : { types })}
        title={file ?? (unwritten ? t("code.new") : t("code.inFlow"))}
        {...(file !== null && text === null ? { warning: t("code.missing", { file }) } : {})}
        {...(node === null
          ? {}
          : {
              onProblems: (problems) =>
                reportScript(editor, { flow: flowName, node, path: ["config", ...path], file }, problems),
            })}
        actions={
          file === null && !unwritten && node !== null ? (
            <Tooltip label={t("code.toFile")}>
              <ActionIcon size="xs" aria-label={t("code.toFile")} onClick={() => moveOut(shown)}>
                <IconFileExport size={14} />
              </ActionIcon>
            </Tooltip>
          ) : null
        }
      />
    </FieldFrame>
  );
}

function useNodeTypes(id: string | null, language: string): string | null {
  const catalogue = useCatalogue((state) => state.types);
  const flow = useDocument((document) => document.draft.flow);
  const node = useDocument((document) => (id === null ? undefined : nodeOf(document.draft, id)));
  return useMemo(
    () => (node && language === "typescript" ? scriptTypes({ node, flow, catalogue }) : null),
    [node, flow, catalogue, language],
  );
}
