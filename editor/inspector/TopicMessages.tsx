// The messages of a topic: what a stream has kept, what passes now, and a box to send one.
import { ActionIcon, Button, Group } from "@mantine/core";
import { IconRefresh, IconSend } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeliveryKind, TopicMessage } from "../../engine/admin/api.ts";
import { own } from "../document/draft.ts";
import { useDocument, useEditor, useLive } from "../editor.ts";
import { useRoom } from "../live/room.ts";
import { liveKey } from "../live/store.ts";
import { formatTime } from "../panels/numbers.ts";
import { TreeView } from "../panels/TreeView.tsx";
import { JsonText } from "./form/fields/JsonField.tsx";
import classes from "./inspector.module.css";

/** How many of the newest are shown. */
const SHOWN = 20;

export function TopicMessages({
  name,
  delivery,
}: {
  readonly name: string;
  readonly delivery: DeliveryKind;
}) {
  const { t } = useTranslation();
  const flow = useDocument((document) => document.name);
  const deployed = useDocument((document) => own(document.deployed.flow.topics, name) !== undefined);
  useRoom(deployed ? `tap:${flow}/${name}` : null);
  const kept = useKeptMessages(flow, name, deployed && delivery === "stream");
  const taps = useLive((live) => live.taps[liveKey(flow, name)]);
  const messages = useMemo(() => {
    const byId = new Map<string, TopicMessage>();
    for (const message of [...kept.messages, ...(taps ?? []).map((event) => event.message)]) {
      byId.set(message.id, message);
    }
    return [...byId.values()].slice(-SHOWN).reverse();
  }, [kept.messages, taps]);

  if (!deployed) return <p className={classes.hint}>{t("inspector.topic.notDeployed")}</p>;
  return (
    <div>
      <SendBox flow={flow} topic={name} onSent={kept.read} />
      <Group gap={4} mt={10} mb={4} justify="space-between" wrap="nowrap">
        <span className={classes.hint}>
          {messages.length === 0 ? t("inspector.topic.noMessages") : null}{" "}
          {delivery !== "stream" && t("inspector.topic.streamOnly")}
        </span>
        {delivery === "stream" && (
          <ActionIcon size="xs" aria-label={t("inspector.topic.refresh")} onClick={kept.read}>
            <IconRefresh size={13} />
          </ActionIcon>
        )}
      </Group>
      {kept.error !== null && <p className={classes.error}>{kept.error}</p>}
      <div data-testid="topic-messages">
        {messages.map((message) => (
          <Message key={message.id} message={message} />
        ))}
      </div>
    </div>
  );
}

function Message({ message }: { readonly message: TopicMessage }) {
  const attributes = Object.keys(message.attributes).length > 0;
  return (
    <div className={classes.message} data-testid="topic-message">
      <div className={classes.messageHead}>
        <span>{formatTime(message.time)}</span>
        <span>{message.attempt > 1 && `#${message.attempt}`}</span>
        <span title={message.id}>{message.source}</span>
      </div>
      <TreeView value={message.payload} root="payload" />
      {attributes && <TreeView value={message.attributes} root="attributes" />}
    </div>
  );
}

function useKeptMessages(flow: string, name: string, wanted: boolean) {
  const { api } = useEditor();
  const [messages, setMessages] = useState<readonly TopicMessage[]>([]);
  const [error, setError] = useState<string | null>(null);
  const read = useCallback(() => {
    if (!wanted) return;
    api.messages(flow, name, { limit: SHOWN }).then(
      (answer) => {
        setMessages(answer.messages);
        setError(null);
      },
      (failure: unknown) => setError(failure instanceof Error ? failure.message : String(failure)),
    );
  }, [api, flow, name, wanted]);
  useEffect(() => {
    setMessages([]);
    setError(null);
    read();
  }, [read]);
  return { messages, error, read };
}

function SendBox({
  flow,
  topic,
  onSent,
}: {
  readonly flow: string;
  readonly topic: string;
  readonly onSent: () => void;
}) {
  const { t } = useTranslation();
  const { api } = useEditor();
  const [payload, setPayload] = useState<unknown>(undefined);
  const [answer, setAnswer] = useState<{ readonly ok: boolean; readonly text: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const send = () => {
    setBusy(true);
    api
      .publish(flow, topic, { payload })
      .then(
        () => {
          setAnswer({ ok: true, text: t("inspector.topic.sent") });
          onSent();
        },
        (failure: unknown) =>
          setAnswer({ ok: false, text: failure instanceof Error ? failure.message : String(failure) }),
      )
      .finally(() => setBusy(false));
  };
  return (
    <div>
      <JsonText
        label={t("inspector.topic.sendLabel")}
        hideLabel
        minRows={1}
        plainText
        placeholder={t("inspector.topic.sendPlaceholder")}
        value={payload}
        onChange={(value) => {
          setPayload(value);
          setAnswer(null);
        }}
      />
      <Group gap={8} mt={4}>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconSend size={12} />}
          disabled={payload === undefined}
          loading={busy}
          onClick={send}
        >
          {t("inspector.topic.send")}
        </Button>
        {answer && (
          <span className={classes.hint} role="status" style={answer.ok ? {} : { color: "var(--mr-error)" }}>
            {answer.text}
          </span>
        )}
      </Group>
    </div>
  );
}
