// Mantine dressed in our tokens: small controls, one accent, type sizes of tokens.css.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const mill: MantineColorsTuple = [
  "#e7f4f7",
  "#d0e7ed",
  "#a3d0db",
  "#72b7c8",
  "#4aa2b7",
  "#2e91a8",
  "#1a7f97",
  "#0f6e84",
  "#0b5a6d",
  "#074654",
];

/** Mantine's dark greys, in the tone of our dark surfaces. */
const night: MantineColorsTuple = [
  "#e4e8ed",
  "#c3cad3",
  "#a8b0bc",
  "#86909d",
  "#3c4551",
  "#2f3740",
  "#212831",
  "#1a1f26",
  "#151a20",
  "#12151a",
];

/** The theme; `close` is the name of the buttons that close a dialog or a notification. */
export const themeOf = (close: string) =>
  createTheme({
    primaryColor: "mill",
    primaryShade: { light: 7, dark: 6 },
    colors: { mill, dark: night },
    fontFamily: "var(--mr-font)",
    fontFamilyMonospace: "var(--mr-font-code)",
    fontSizes: { xs: "11px", sm: "12px", md: "13px", lg: "14px", xl: "16px" },
    lineHeights: { xs: "1.4", sm: "1.45", md: "1.5", lg: "1.5", xl: "1.5" },
    radius: { xs: "3px", sm: "5px", md: "6px", lg: "10px", xl: "16px" },
    defaultRadius: "md",
    cursorType: "pointer",
    headings: {
      fontWeight: "600",
      sizes: { h1: { fontSize: "18px" }, h2: { fontSize: "15px" }, h3: { fontSize: "13px" } },
    },
    components: {
      Button: { defaultProps: { size: "xs" } },
      ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
      Tooltip: { defaultProps: { openDelay: 400, withArrow: false, fz: "sm", position: "bottom" } },
      TextInput: { defaultProps: { size: "xs" } },
      NumberInput: { defaultProps: { size: "xs" } },
      Textarea: { defaultProps: { size: "xs" } },
      Select: { defaultProps: { size: "xs" } },
      Modal: {
        defaultProps: {
          centered: true,
          radius: "lg",
          overlayProps: { backgroundOpacity: 0.35 },
          closeButtonProps: { "aria-label": close },
        },
      },
      Notification: { defaultProps: { closeButtonProps: { "aria-label": close } } },
    },
  });

/** Mantine's surfaces and inks are ours. */
export const variables: CSSVariablesResolver = () => {
  const ours = {
    "--mantine-color-body": "var(--mr-surface)",
    "--mantine-color-text": "var(--mr-ink)",
    "--mantine-color-dimmed": "var(--mr-ink-soft)",
    "--mantine-color-placeholder": "var(--mr-ink-faint)",
    "--mantine-color-default": "var(--mr-surface)",
    "--mantine-color-default-hover": "var(--mr-hover)",
    "--mantine-color-default-color": "var(--mr-ink)",
    "--mantine-color-default-border": "var(--mr-line-strong)",
    "--mantine-color-error": "var(--mr-error)",
  };
  return { variables: {}, light: ours, dark: ours };
};
