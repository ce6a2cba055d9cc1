// The ports of a node and the topics they lead to: add, choose, cut off; outputs of a script are named here.
import { ActionIcon, TextInput, UnstyledButton } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { InputDocument, NodeDocument, NodeTypeInfo } from "../../engine/admin/api.ts";
import { connectTopic, setInput, setNode, setOutput } from "../document/commands.ts";
import { own, without } from "../document/draft.ts";
import { ERROR_PORT, type Port, portsOf } from "../document/ports.ts";
import { inputTopic } from "../document/wires.ts";
import { useEditor } from "../editor.ts";
import classes from "./inspector.module.css";
import { TopicChip } from "./TopicChip.tsx";
import { TopicPicker } from "./TopicPicker.tsx";

interface NodeWiresProps {
  readonly id: string;
  readonly node: NodeDocument;
  readonly info: NodeTypeInfo | undefined;
}

export function NodeWires({ id, node, info }: NodeWiresProps) {
  const { t } = useTranslation();
  const ports = portsOf(node, info);
  const error: Port = { name: ERROR_PORT, schema: true, known: true };
  const outputs = ports.outputs.some((port) => port.name === ERROR_PORT)
    ? ports.outputs
    : [...ports.outputs, error];
  return (
    <>
      {ports.inputs.length > 0 && <h3 className={classes.subhead}>{t("inspector.wires.inputs")}</h3>}
      {ports.inputs.map((port) => (
        <InputPort key={port.name} id={id} port={port} inputs={own(node.inputs, port.name) ?? []} />
      ))}
      <h3 className={classes.subhead}>{t("inspector.wires.outputs")}</h3>
      {outputs.map((port) => (
        <OutputPort
          key={port.name}
          id={id}
          port={port}
          topics={own(node.outputs, port.name) ?? []}
          removable={
            own(info?.outputs, port.name) === undefined && own(node.outputs, port.name) !== undefined
          }
          node={node}
        />
      ))}
      {info?.openOutputs && <NewOutput id={id} node={node} taken={outputs.map((port) => port.name)} />}
    </>
  );
}

function InputPort(props: {
  readonly id: string;
  readonly port: Port;
  readonly inputs: readonly InputDocument[];
}) {
  const { id, port, inputs } = props;
  const { t } = useTranslation();
  const { document } = useEditor();
  const to = { node: id, port: port.name };
  const replace = (index: number, next: InputDocument | null) =>
    document.dispatch(
      setInput(
        to,
        inputs.flatMap((input, at) => (at === index ? (next ?? []) : [input])),
      ),
    );
  return (
    <PortRow port={port}>
      {inputs.map((input, index) => {
        const topic = inputTopic(input);
        const fromStart = typeof input === "object" && input.from === "start";
        return (
          <TopicChip
            key={topic}
            name={topic}
            onRemove={() => replace(index, null)}
            streamAction={
              <UnstyledButton
                className={classes.chipButton}
                title={t("inspector.wires.from")}
                onClick={() => replace(index, fromStart ? topic : { topic, from: "start" })}
              >
                {t(fromStart ? "inspector.wires.start" : "inspector.wires.new")}
              </UnstyledButton>
            }
          />
        );
      })}
      <TopicPicker
        label={t("inspector.wires.pick", { port: port.name })}
        taken={inputs.map(inputTopic)}
        suggestion={port.name === "in" ? `${id}-in` : port.name}
        onPick={(topic) => document.dispatch(connectTopic(topic, { to }))}
      />
    </PortRow>
  );
}

function OutputPort(props: {
  readonly id: string;
  readonly port: Port;
  readonly topics: readonly string[];
  readonly removable: boolean;
  readonly node: NodeDocument;
}) {
  const { id, port, topics, removable, node } = props;
  const { t } = useTranslation();
  const { document } = useEditor();
  const from = { node: id, port: port.name };
  const removePort = () => {
    const outputs = without(node.outputs ?? {}, [port.name]);
    const gone = setNode(id, { outputs: Object.keys(outputs).length > 0 ? outputs : undefined });
    document.dispatch({
      label: t("inspector.wires.removePort", { port: port.name }),
      apply: (draft) => gone.apply(setOutput(from, []).apply(draft)),
    });
  };
  return (
    <PortRow port={port}>
      {topics.map((topic) => (
        <TopicChip
          key={topic}
          name={topic}
          onRemove={() =>
            document.dispatch(
              setOutput(
                from,
                topics.filter((other) => other !== topic),
              ),
            )
          }
        />
      ))}
      <TopicPicker
        label={t("inspector.wires.pick", { port: port.name })}
        taken={topics}
        suggestion={port.name === "out" ? id : `${id}-${port.name}`}
        onPick={(topic) => document.dispatch(connectTopic(topic, { from }))}
      />
      {removable && (
        <ActionIcon
          size="xs"
          ml="auto"
          aria-label={t("inspector.wires.removePort", { port: port.name })}
          title={t("inspector.wires.removePort", { port: port.name })}
          onClick={removePort}
        >
          <IconX size={12} />
        </ActionIcon>
      )}
    </PortRow>
  );
}

function PortRow({ port, children }: { readonly port: Port; readonly children: React.ReactNode }) {
  return (
    <div className={classes.port}>
      <span className={classes.portName} data-unknown={!port.known} title={port.name}>
        {port.name}
      </span>
      <div className={classes.portTopics}>{children}</div>
    </div>
  );
}

/** Names a further output: a script may emit to any name. */
function NewOutput(props: {
  readonly id: string;
  readonly node: NodeDocument;
  readonly taken: readonly string[];
}) {
  const { id, node, taken } = props;
  const { t } = useTranslation();
  const { document } = useEditor();
  const [name, setName] = useState("");
  const isTaken = taken.includes(name);
  const add = () => {
    if (name === "" || isTaken) return;
    document.dispatch(setNode(id, { outputs: { ...node.outputs, [name]: [] } }));
    setName("");
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
        aria-label={t("inspector.wires.portName")}
        placeholder={t("inspector.wires.addPort")}
        value={name}
        error={isTaken ? t("inspector.wires.portTaken") : undefined}
        onChange={(event) => setName(event.currentTarget.value.trim())}
        rightSection={
          <ActionIcon
            type="submit"
            size="xs"
            aria-label={t("inspector.wires.addPort")}
            disabled={name === ""}
          >
            <IconPlus size={12} />
          </ActionIcon>
        }
      />
    </form>
  );
}
