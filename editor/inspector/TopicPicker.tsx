// Chooses a topic of the flow, or makes one by its name.
import { ActionIcon, Combobox, useCombobox } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { freeName, slug, topicNameProblem } from "../document/naming.ts";
import { useDocument } from "../editor.ts";

export interface TopicPickerProps {
  readonly label: string;
  /** Topics that are there already. */
  readonly taken: readonly string[];
  /** Offered as the name of a new topic while nothing is typed. */
  readonly suggestion: string;
  readonly onPick: (topic: string) => void;
}

export function TopicPicker({ label, taken, suggestion, onPick }: TopicPickerProps) {
  const { t } = useTranslation();
  const topics = useDocument((document) => document.draft.flow.topics);
  const [search, setSearch] = useState("");
  const combobox = useCombobox({
    onDropdownOpen: () => combobox.focusSearchInput(),
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setSearch("");
    },
  });
  const names = Object.keys(topics ?? {}).filter(
    (name) => !taken.includes(name) && name.toLowerCase().includes(search.toLowerCase()),
  );
  const fresh = search || freeName(slug(suggestion), (name) => Object.hasOwn(topics ?? {}, name));
  const mayCreate = topicNameProblem(topics, fresh) === null;
  return (
    <Combobox
      store={combobox}
      width={220}
      keepMounted={false}
      position="bottom-start"
      onOptionSubmit={(topic) => {
        onPick(topic);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target withAriaAttributes={false}>
        <ActionIcon size="xs" aria-label={label} title={label} onClick={() => combobox.toggleDropdown()}>
          <IconPlus size={12} />
        </ActionIcon>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          aria-label={t("inspector.wires.add")}
          placeholder={t("inspector.wires.add")}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value.trim())}
        />
        <Combobox.Options mah={220} style={{ overflowY: "auto" }}>
          {names.map((name) => (
            <Combobox.Option key={name} value={name}>
              {name}
            </Combobox.Option>
          ))}
          {mayCreate && (
            <Combobox.Option value={fresh}>{t("inspector.wires.create", { name: fresh })}</Combobox.Option>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
