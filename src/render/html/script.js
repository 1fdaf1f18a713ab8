"use strict";
// Sorts and filters long tables, tells the figures of a chart to fingers and keys, and opens what a link points to. Without it the
// page holds the same.
(() => {
  const number = (text) => {
    const found = text.replace(/[$,*?]/g, "").match(/^\s*(-?\d+(?:\.\d+)?)/);
    return found ? Number(found[1]) : NaN;
  };
  const compare = (one, other) => {
    const [a, b] = [number(one), number(other)];
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b) || one.localeCompare(other);
    return a - b;
  };
  const sort = (table, { column, up }) => {
    const headings = [...table.tHead.rows[0].cells];
    headings.forEach((other) => other.removeAttribute("aria-sort"));
    headings[column].setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = (row) => row.cells[column].textContent;
    const rows = [...table.tBodies[0].rows].sort((a, b) => compare(key(a), key(b)) * (up ? 1 : -1));
    table.tBodies[0].append(...rows);
  };
  const filter = (table, { wanted }) => {
    for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLowerCase().includes(wanted.toLowerCase());
  };
  // How each table was left, by its headings: a report that is made again has new ones.
  const left = new Map();
  const equip = (table) => {
    const headings = [...table.tHead.rows[0].cells];
    const name = headings.map((heading) => heading.textContent).join("|");
    const look = left.get(name) ?? { column: undefined, up: false, wanted: "" };
    left.set(name, look);
    headings.forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => {
        Object.assign(look, { column, up: look.column === column && !look.up });
        sort(table, look);
      });
      heading.append(button);
    });
    const label = document.createElement("label");
    label.className = "filter";
    const input = document.createElement("input");
    input.type = "search";
    label.append("Show rows with", input);
    input.value = look.wanted;
    input.addEventListener("input", () => {
      look.wanted = input.value;
      filter(table, look);
    });
    table.parentElement.before(label);
    if (look.column !== undefined) sort(table, look);
    if (look.wanted) filter(table, look);
  };
  // On a phone a row takes several lines, and each value says what it is.
  const narrow = matchMedia("(max-width: 40rem)");
  const tellCells = (table) => {
    const headings = [...table.tHead.rows[0].cells].map((heading) => heading.textContent);
    for (const { cells } of table.tBodies[0].rows) [...cells].forEach((cell, column) => { cell.dataset.of = headings[column]; });
    table.classList.add("told");
  };
  window.equipTables = () => {
    document.querySelectorAll("main > .scroll > table").forEach((table) => {
      if (table.tBodies[0].rows.length > 7 && !table.querySelector("thead button")) equip(table);
    });
    if (narrow.matches) document.querySelectorAll("table.w:not(.told)").forEach(tellCells);
  };
  narrow.addEventListener("change", () => window.equipTables());
  // What a pointer is told over a part of a chart, a finger and arrow keys are told below it.
  const tell = (part) => {
    const figure = part.closest("figure");
    figure.querySelector(".at")?.classList.remove("at");
    part.classList.add("at");
    const told = figure.querySelector("output") ?? figure.appendChild(document.createElement("output"));
    told.textContent = part.textContent;
  };
  document.addEventListener("click", (event) => {
    const part = event.target.closest("figure rect");
    if (part?.textContent) tell(part);
  });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const figure = step && event.target.closest("figure");
    if (!figure) return;
    const parts = [...figure.querySelectorAll("rect")].filter((part) => part.textContent);
    const at = parts.findIndex((part) => part.classList.contains("at"));
    const next = parts[at < 0 ? 0 : at + step];
    if (next) tell(next);
    event.preventDefault();
  });
  const unfold = () => {
    const found = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (found && found.tagName === "DETAILS") found.open = true;
  };
  window.addEventListener("hashchange", unfold);
  window.equipTables();
  unfold();
})();
