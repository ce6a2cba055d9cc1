// A real Chromium for tests, with nothing that would talk to the network. What the page complains of is kept.
import { type Browser, chromium, type Page } from "playwright-core";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<TestBrowser> {
    return new TestBrowser(await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS }));
  }

  /** A page with cookies and storage of its own, and the list of its errors and of requests that left the machine. */
  async page(colorScheme: "light" | "dark" = "light"): Promise<{ page: Page; complaints: string[] }> {
    const context = await this.#browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && hostname !== "127.0.0.1")
        complaints.push(`request: ${request.url()}`);
    });
    return { page, complaints };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
