// The node types that a flow scripts itself: add, edit, remove.
import { ActionIcon, TextInput, UnstyledButton } from "@mantine/core";
import { IconChevronRight, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowTypeDocument } from "../../engine/admin/api.ts";
import { setFile, setFlowType } from "../document/commands.ts";
import { freeName, slug } from "../document/naming.ts";
import { useCatalogue, useDocument, useEditor } from "../editor.ts";
import { FlowTypeForm } from "./FlowTypeForm.tsx";
import classes from "./inspector.module.css";

/** What a new type does: hands every message on. */
const FIRST_CODE = "return message.payload;\n";

export function FlowTypes() {
  const { t } = useTranslation();
  const { document } = useEditor();
  const types = useDocument((state) => state.draft.flow.types);
  const nodes = useDocument((state) => state.draft.flow.nodes);
  const [open, setOpen] = useState<string | null>(null);
  const uses = (name: string) => Object.values(nodes ?? {}).filter((node) => node.type === name).length;
  const entries = Object.entries(types ?? {});
  return (
    <div>
      {entries.length === 0 && <p className={classes.hint}>{t("inspector.flow.noTypes")}</p>}
      {entries.map(([name, type]) => (
        <div key={name} className={classes.type}>
          <div className={classes.typeHead}>
            <UnstyledButton
              className={classes.typeHead}
              style={{ flex: 1, fontSize: "inherit" }}
              aria-expanded={open === name}
              onClick={() => setOpen(open === name ? null : name)}
            >
              <IconChevronRight size={13} className={classes.chevron} data-open={open === name} />
              <span className={classes.typeName}>{name}</span>
              <span className={classes.hint}>{t("inspector.flow.typeUses", { count: uses(name) })}</span>
            </UnstyledButton>
            <ActionIcon
              size="xs"
              disabled={uses(name) > 0}
              aria-label={t("inspector.flow.removeType", { name })}
              title={t("inspector.flow.removeType", { name })}
              onClick={() => document.dispatch(setFlowType(name, undefined))}
            >
              <IconTrash size={13} />
            </ActionIcon>
          </div>
          {open === name && <FlowTypeForm name={name} type={type} />}
        </div>
      ))}
      <NewType onMade={setOpen} />
    </div>
  );
}

function NewType({ onMade }: { readonly onMade: (name: string) => void }) {
  const { t } = useTranslation();
  const { document } = useEditor();
  const types = useDocument((state) => state.draft.flow.types);
  const catalogue = useCatalogue((state) => state.types);
  const [text, setText] = useState("");
  const name = slug(text);
  const taken = text !== "" && (Object.hasOwn(types ?? {}, name) || catalogue.has(name));
  const add = () => {
    if (text === "" || taken) return;
    const { name: flow, draft } = document.current();
    const file = freeName(`${slug(flow)}.${name}.ts`, (path) => Object.hasOwn(draft.files, path));
    const type: FlowTypeDocument = { inputs: { in: {} }, outputs: { out: {} }, code: { $file: file } };
    document.dispatch({
      label: t("inspector.flow.addType"),
      apply: (before) => setFlowType(name, type).apply(setFile(file, FIRST_CODE).apply(before)),
    });
    setText("");
    onMade(name);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <TextInput
        mt={6}
        aria-label={t("inspector.flow.typeName")}
        placeholder={t("inspector.flow.addType")}
        value={text}
        error={taken ? t("inspector.flow.typeTaken") : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        rightSection={
          <ActionIcon type="submit" size="xs" aria-label={t("inspector.flow.addType")} disabled={text === ""}>
            <IconPlus size={12} />
          </ActionIcon>
        }
      />
    </form>
  );
}
