// Reports made with the program, and pages that they are opened in.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

export const ROOT = path.resolve(import.meta.dirname, "../..");
const { TONNAGE, CHROMIUM } = process.env;
const FOLDER = mkdtempSync(path.join(tmpdir(), "tonnage-"));

/** What the program prints. It runs where the examples are, so that no tonnage.toml is read. */
export const tonnage = (...args) =>
  execFileSync(TONNAGE, args, { cwd: path.join(ROOT, "examples"), encoding: "utf8", maxBuffer: 1 << 26 });

let count = 0;
/** The path of a report as HTML. */
export const report = (...args) => {
  const file = path.join(FOLDER, `${++count}.html`);
  tonnage(...args, "-o", file);
  return file;
};

export const size = (file) => statSync(file).size;
export const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Chromium runs as root here, where it has no sandbox; it opens files that this test has made, and nothing else. */
export const launch = () => chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });

/** A page that notes all that is wrong with it. */
export const open = async (browser, file, options = {}) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.faults = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) page.faults.push(message.text());
  });
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) page.faults.push(`asks ${request.url()}`);
  });
  await page.goto(file.startsWith("file:") ? file : `file://${file}`);
  return page;
};

/** A page whose controls can be used. */
export const openLive = async (...args) => {
  const page = await open(...args);
  await page.waitForSelector("#controls:not([hidden])");
  return page;
};
