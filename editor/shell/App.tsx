// The page: asks who you are, then shows login or workbench, in the chosen colours.
import { Center, Loader, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useShell } from "../editor.ts";
import { themeOf, variables } from "../theme/theme.ts";
import { Login } from "./Login.tsx";
import { Workbench } from "./Workbench.tsx";

export function App() {
  const { t } = useTranslation();
  const theme = useMemo(() => themeOf(t("app.close")), [t]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <Notifications position="bottom-center" limit={4} autoClose={3_500} />
      <Door />
    </MantineProvider>
  );
}

function Door() {
  const me = useShell((shell) => shell.me);
  if (me === "asking") {
    return (
      <Center h="100%">
        <Loader type="dots" />
      </Center>
    );
  }
  return me === null ? <Login /> : <Workbench />;
}
