// The language of the interface. English only so far; another language is another file of the same shape.
import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en.ts";
import { enInspector } from "./en-inspector.ts";

export async function loadLanguage(): Promise<i18n> {
  const instance = i18next.createInstance();
  await instance.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: { ...en, ...enInspector } } },
    // React escapes what it draws.
    interpolation: { escapeValue: false },
  });
  return instance;
}
