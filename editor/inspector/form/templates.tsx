// rjsf's frames in our density: fields in a column, groups and lists with a quiet line at their left.
import { ActionIcon, Button, Stack } from "@mantine/core";
import {
  type ArrayFieldItemTemplateProps,
  type ArrayFieldTemplateProps,
  buttonId,
  type ObjectFieldTemplateProps,
  type TemplatesType,
} from "@rjsf/utils";
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./form.module.css";

function ObjectTemplate(props: ObjectFieldTemplateProps) {
  const { title, description, properties, fieldPathId } = props;
  const root = fieldPathId.path.length === 0;
  const inList = typeof fieldPathId.path.at(-1) === "number";
  const fields = properties.filter((property) => !property.hidden).map((property) => property.content);
  if (root) return <Stack gap={10}>{fields}</Stack>;
  return (
    <fieldset className={classes.group} id={fieldPathId.$id}>
      {title && !inList && <legend className={classes.legend}>{title}</legend>}
      {description && <p className={classes.note}>{description}</p>}
      <Stack gap={8}>{fields}</Stack>
    </fieldset>
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
