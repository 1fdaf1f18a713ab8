// Every report that the examples make: whole, quiet, drawn, readable by all, and the same without scripts.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeSource, launch, open, report, size } from "./browser.mjs";

// The program takes 0.7 MB of it; forty workloads with their charts and arithmetic are 1.1 MB without it.
const MOST_BYTES = 1e6;
const REPORTS = [
  ["plan", "workloads.csv"],
  ["plan", "forty.csv"],
  ["plan", "growth.csv"],
  ["plan", "ranges.csv"],
  ["plan", "rewrite.csv"],
  ["plan", "hours.csv"],
  ["plan", "article.toml"],
  ["plan", "pipeline.toml"],
  ["plan", "fleet.xlsx", "--ignore-columns", "team"],
  ["plan", "workloads.csv", "--pool", "shared"],
  ["explain", "sensor-readings", "workloads.csv"],
  ["explain", "article.toml"],
  ["sweep", "growth.csv", "--over", "months"],
  ["sweep", "workloads.csv", "--workload", "sensor-readings", "--over", "events_per_day"],
  ["sweep", "article.toml", "--over", "io_ratio"],
  ["failures", "workloads.csv"],
  ["failures", "article.toml"],
  ["simulate", "workloads.csv", "--workload", "order-events", "--fail", "zone"],
  ["hours", "hours.csv"],
];
const LOOKS = [
  { colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  { colorScheme: "light", viewport: { width: 360, height: 740 } },
  { colorScheme: "dark", viewport: { width: 360, height: 740 } },
];

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const args of REPORTS) {
  describe(args.join(" "), () => {
    let file;
    before(() => { file = report(...args); });

    test("is not too large", () => {
      assert.ok(size(file) < MOST_BYTES, `${size(file)} bytes`);
    });

    for (const look of LOOKS) {
      test(`is quiet and readable, ${look.colorScheme}, ${look.viewport.width} px`, async () => {
        // The content of axe-core is injected, which the page's own policy forbids.
        const page = await open(browser, file, { ...look, bypassCSP: true });
        const isLive = await page.$("#controls");
        if (isLive) await page.waitForSelector("#controls:not([hidden])");
        // What is folded away has to be as good.
        await page.evaluate(() => document.querySelectorAll("main > details").forEach((it, at) => { it.open = at < 2; }));
        await page.evaluate(axeSource);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
        const told = serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html}`);
        assert.deepEqual(told, []);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wider <= 0, `${wider} px wider than the page`);
        const cut = await page.evaluate(() => [...document.querySelectorAll("main .scroll")]
          .filter((it) => it.scrollWidth > it.clientWidth + 1).map((it) => it.ariaLabel));
        assert.deepEqual(cut, []);
        assert.deepEqual(page.faults, []);
        await page.context().close();
      });
    }

    test("has drawn each chart", async () => {
      const page = await open(browser, file);
      await page.evaluate(() => document.querySelectorAll("details").forEach((it) => { it.open = true; }));
      const empty = await page.evaluate(() => [...document.querySelectorAll("main svg")].filter((svg) => {
        const { width, height } = svg.getBoundingClientRect();
        const drawn = svg.querySelectorAll("path, rect, line, circle, polyline, polygon, text").length;
        return !(width > 0 && height > 0 && drawn > 0);
      }).map((svg) => svg.outerHTML.slice(0, 200)));
      assert.deepEqual(empty, []);
      await page.context().close();
    });

    test("holds the same without scripts", async () => {
      const main = (page) => page.evaluate(() => document.querySelector("main").textContent);
      const [live, still] = [await open(browser, file), await open(browser, file, { javaScriptEnabled: false })];
      const text = await still.locator("main").textContent();
      // Scripts add the label of a filter, and no figure.
      assert.equal((await main(live)).replaceAll("Show rows with", ""), text);
      assert.ok(text.length > 200, text);
      const controls = still.locator("#controls");
      if (await controls.count()) assert.equal(await controls.isVisible(), false);
      await Promise.all([live, still].map((page) => page.context().close()));
    });
  });
}

test("a phone shows what a fleet costs and saves without a swipe", async () => {
  const page = await open(browser, report("plan", "workloads.csv"), { viewport: { width: 390, height: 844 } });
  const ends = await page.evaluate(() => [...document.querySelectorAll("main > .scroll > table tr")].map((row) => row.cells[3].getBoundingClientRect().right));
  assert.ok(ends.length > 12 && ends.every((right) => right > 0 && right <= 390), ends.join(" "));
  const heading = await page.evaluate(() => document.querySelector("main > .scroll > table").rows[0].cells[3].textContent);
  assert.equal(heading, "saves");
  await page.context().close();
});
