// Opens a page from disk in Chromium: errors and requests as JSON, and a picture where one is asked for.
// Usage: node screenshot.js PAGE CHROMIUM [PICTURE [WIDTH [SCHEME]]].
import { chromium } from "playwright-core";
import { pathToFileURL } from "node:url";

const [page, executablePath, picture, width = "1280", colorScheme = "light"] = process.argv.slice(2);
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args });
const context = await browser.newContext({ viewport: { width: Number(width), height: 900 }, colorScheme });
const tab = await context.newPage();
const told = { errors: [], requests: [] };
tab.on("console", (message) => { if (message.type() === "error") told.errors.push(message.text()); });
tab.on("pageerror", (error) => told.errors.push(String(error)));
tab.on("request", (request) => { if (/^https?:/.test(request.url())) told.requests.push(request.url()); });
await tab.goto(pathToFileURL(page).href);
told.width = await tab.evaluate(() => document.documentElement.scrollWidth);
if (picture) await tab.screenshot({ path: picture, fullPage: true });
await browser.close();
process.stdout.write(JSON.stringify(told));
