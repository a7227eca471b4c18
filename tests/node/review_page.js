// Uses a review page in Chromium as a person would and tells what happened, as JSON.
// Usage: node review_page.js PAGE CHROMIUM DOWNLOAD [SCREENSHOTS].
import { chromium } from "playwright-core";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [page, executablePath, download, pictures] = process.argv.slice(2);
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args });
const told = { errors: [], requests: [] };
const open = async (options) => {
  const context = await browser.newContext({ acceptDownloads: true, ...options });
  const tab = await context.newPage();
  tab.on("console", (message) => { if (message.type() === "error") told.errors.push(message.text()); });
  tab.on("pageerror", (error) => told.errors.push(String(error)));
  tab.on("request", (request) => { if (/^https?:/.test(request.url())) told.requests.push(request.url()); });
  await tab.goto(pathToFileURL(page).href);
  return tab;
};
const shot = (tab, name) => pictures && tab.screenshot({ path: join(pictures, name) });
const state = (tab) => tab.$$eval("[data-key]", (cards) => cards.map((card) => ({
  item: card.dataset.item, decision: card.dataset.decision, reason: card.querySelector(".why").value,
  current: card.classList.contains("current"), hidden: card.hidden,
})));
const counts = (tab) => tab.textContent("[data-counts]");

const tab = await open({ viewport: { width: 1300, height: 900 }, colorScheme: "light" });
told.first = await state(tab);
await tab.keyboard.press("a");
await tab.keyboard.press("e");
await tab.keyboard.type('ear, "left" one');
await tab.keyboard.press("Enter");
told.keyed = await state(tab);
await tab.keyboard.press("r");
await tab.keyboard.press("u");
told.undone = await state(tab);
await tab.fill("[data-author]", "Ada");
await tab.click("[data-key]:nth-child(4) .accept");
await shot(tab, "review-light.png");
told.counts = await counts(tab);
const [file] = await Promise.all([tab.waitForEvent("download"), tab.click("[data-save]")]);
await file.saveAs(download);
told.filename = file.suggestedFilename();
await tab.selectOption("[data-show]", "open");
told.open = await state(tab);
await tab.reload();
told.reloaded = { cards: await state(tab), author: await tab.inputValue("[data-author]") };
await tab.click("[data-key]:nth-child(1) .accept");
await Promise.all([tab.waitForEvent("download").then((again) => again.saveAs(`${download}.2`)), tab.click("[data-save]")]);

const narrow = await open({ viewport: { width: 420, height: 800 }, colorScheme: "dark" });
await narrow.keyboard.press("r");
await narrow.keyboard.press("ArrowDown");
await narrow.keyboard.press(" ");
told.width = await narrow.evaluate(() => document.documentElement.scrollWidth);
await shot(narrow, "review-dark.png");
await browser.close();
process.stdout.write(JSON.stringify(told));
