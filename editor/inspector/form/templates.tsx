// rjsf's frames in our density: fields in a column, groups and lists with a quiet line at their left.
import { ActionIcon, Button, Menu, Stack } from "@mantine/core";
import {
  type ArrayFieldItemTemplateProps,
  type ArrayFieldTemplateProps,
  buttonId,
  type ObjectFieldTemplateProps,
  type TemplatesType,
} from "@rjsf/utils";
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./form.module.css";
import { isPlain } from "./reference.ts";

function ObjectTemplate(props: ObjectFieldTemplateProps) {
  const { title, description, properties, fieldPathId } = props;
  const root = fieldPathId.path.length === 0;
  const inList = typeof fieldPathId.path.at(-1) === "number";
  const visible = properties.filter((property) => !property.hidden);
  const { shown, waiting, show } = useAsked(
    props,
    visible.map((property) => property.name),
  );
  const fields = visible.filter((property) => shown.has(property.name)).map((property) => property.content);
  if (root) return <Stack gap={10}>{fields}</Stack>;
  return (
    <fieldset className={classes.group} id={fieldPathId.$id}>
      {title && !inList && <legend className={classes.legend}>{title}</legend>}
      {description && <p className={classes.note}>{description}</p>}
      <Stack gap={8}>{fields}</Stack>
      {waiting.length > 0 && <AskMenu schema={props.schema} names={waiting} onPick={show} />}
    </fieldset>
  );
}

/** A part of a config with more optional fields than this shows those that are set, and offers the others. */
const MANY = 6;

/** Which fields of an object are shown. What was shown once stays: a field must not vanish while it is emptied. */
function useAsked({ schema, formData, fieldPathId }: ObjectFieldTemplateProps, names: readonly string[]) {
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());
  const required = new Set(schema.required);
  const data: unknown = formData;
  const isSet = (name: string) => isPlain(data) && data[name] !== undefined;
  const all = fieldPathId.path.length === 0 || names.filter((name) => !required.has(name)).length <= MANY;
  const shown = new Set(names.filter((name) => all || required.has(name) || asked.has(name) || isSet(name)));
  if ([...shown].some((name) => !asked.has(name))) setAsked(new Set([...asked, ...shown]));
  return {
    shown,
    waiting: names.filter((name) => !shown.has(name)),
    show: (name: string) => setAsked(new Set([...asked, name])),
  };
}

function AskMenu(props: {
  readonly schema: ObjectFieldTemplateProps["schema"];
  readonly names: readonly string[];
  readonly onPick: (name: string) => void;
}) {
  const { t } = useTranslation();
  const properties = props.schema.properties ?? {};
  const describe = (name: string) => {
    const schema = properties[name];
    return typeof schema === "object" ? schema : {};
  };
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <Button
          className={classes.add ?? ""}
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={12} />}
        >
          {t("inspector.form.addField")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
        {props.names.map((name) => (
          <Menu.Item key={name} title={describe(name).description} onClick={() => props.onPick(name)}>
            {describe(name).title ?? name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ArrayTemplate(props: ArrayFieldTemplateProps) {
  const { title, schema, items, canAdd, onAddClick, fieldPathId, required, rawErrors } = props;
  const { t } = useTranslation();
  return (
    <fieldset className={classes.group} id={fieldPathId.$id}>
      <legend className={classes.legend}>
        {title}
        {required && <span className={classes.asterisk}> *</span>}
      </legend>
      {schema.description && <p className={classes.note}>{schema.description}</p>}
      <Stack gap={6}>{items}</Stack>
      {rawErrors && rawErrors.length > 0 && <p className={classes.itemFault}>{rawErrors.join(" ")}</p>}
      {canAdd && (
        <Button
          id={buttonId(fieldPathId, "add")}
          className={classes.add}
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={12} />}
          onClick={onAddClick}
        >
          {t("inspector.form.addItem")}
        </Button>
      )}
    </fieldset>
  );
}

function ItemTemplate(props: ArrayFieldItemTemplateProps) {
  const { children, buttonsProps, index } = props;
  const { t } = useTranslation();
  const action = (
    name: "moveUp" | "moveDown" | "remove",
    run: (() => void) | undefined,
    icon: React.ReactNode,
  ) => (
    <ActionIcon
      size="xs"
      variant="subtle"
      color="gray"
      aria-label={t(`inspector.form.${name}`, { index: index + 1 })}
      title={t(`inspector.form.${name}`, { index: index + 1 })}
      onClick={run}
    >
      {icon}
    </ActionIcon>
  );
  return (
    <div className={classes.item}>
      <div className={classes.itemBody}>{children}</div>
      <div className={classes.itemActions}>
        {buttonsProps.hasMoveUp && action("moveUp", buttonsProps.onMoveUpItem, <IconArrowUp size={12} />)}
        {buttonsProps.hasMoveDown &&
          action("moveDown", buttonsProps.onMoveDownItem, <IconArrowDown size={12} />)}
        {buttonsProps.hasRemove && action("remove", buttonsProps.onRemoveItem, <IconX size={12} />)}
      </div>
    </div>
  );
}

/** The templates that replace those of @rjsf/mantine. */
export const templates: Partial<TemplatesType> = {
  ObjectFieldTemplate: ObjectTemplate,
  ArrayFieldTemplate: ArrayTemplate,
  ArrayFieldItemTemplate: ItemTemplate,
};
