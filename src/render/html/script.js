"use strict";
// Sorts and filters long tables, and opens what a link points to. Without it the page holds the same.
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
  const sort = (table, column, heading) => {
    const up = heading.getAttribute("aria-sort") === "descending";
    table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = (row) => row.cells[column].textContent;
    const rows = [...table.tBodies[0].rows].sort((a, b) => compare(key(a), key(b)) * (up ? 1 : -1));
    table.tBodies[0].append(...rows);
  };
  const equip = (table) => {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sort(table, column, heading));
      heading.append(button);
    });
    const label = document.createElement("label");
    label.className = "filter";
    const input = document.createElement("input");
    input.type = "search";
    label.append("Show rows with", input);
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase();
      for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
    table.parentElement.before(label);
  };
  window.equipTables = () => document.querySelectorAll("main > .scroll > table").forEach((table) => {
    if (table.tBodies[0].rows.length > 7 && !table.querySelector("thead button")) equip(table);
  });
  const unfold = () => {
    const found = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (found && found.tagName === "DETAILS") found.open = true;
  };
  window.addEventListener("hashchange", unfold);
  window.equipTables();
  unfold();
})();
