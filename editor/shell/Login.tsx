// The door: one field for the engine's token.
import { Button, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiFailure } from "../api/request.ts";
import { useEditor } from "../editor.ts";
import logo from "./logo.svg";
import style from "./shell.module.css";

export function Login() {
  const { t } = useTranslation();
  const { session } = useEditor();
  const [token, setToken] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const enter = async () => {
    setBusy(true);
    setError(null);
    try {
      await session.login(token.trim());
    } catch (failure) {
      if (!(failure instanceof ApiFailure)) throw failure;
      setError(failure.status === 401 || failure.status === 403 ? t("login.wrong") : failure.message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className={style.door}>
      <form
        className={style.login}
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <img src={logo} alt="" width={40} height={40} />
        <h1>{t("login.title")}</h1>
        <p>{t("login.hint")}</p>
        <PasswordInput
          size="sm"
          label={t("login.token")}
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          error={error}
          autoComplete="current-password"
          data-autofocus
          autoFocus
        />
        <Button type="submit" size="sm" fullWidth loading={busy} disabled={token.trim() === ""}>
          {t("login.enter")}
        </Button>
      </form>
    </main>
  );
}
