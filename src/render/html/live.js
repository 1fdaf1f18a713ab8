// Makes the report again when an input is changed, by the program in the page. All figures and all words are the program's; this
// moves texts between it and the page.
(async () => {
  const element = (id) => document.getElementById(id);
  const carried = (id) => {
    // Seven bits a character.
    const text = element(id).textContent;
    const bytes = new Uint8Array((text.length * 7) >> 3);
    for (let at = 0, to = 0, bits = 0, held = 0; at < text.length; at++) {
      bits = ((bits << 7) | (text.charCodeAt(at) & 127)) & 0x7fff;
      held += 7;
      if (held >= 8) bytes[to++] = bits >> (held -= 8);
    }
    return bytes;
  };
  const inflated = (bytes) => {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(stream).text();
  };
  // The report is drawn first.
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  const { instance } = await WebAssembly.instantiate(unpackLzma(carried("program")), {});
  const { memory, room, tell, answer, length } = instance.exports;
  const ask = (message) => {
    const bytes = new TextEncoder().encode(message);
    // Making room may move the memory.
    const at = room(bytes.length);
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    tell();
    return JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, answer(), length())));
  };

  // A link has the changes behind "#with?": COLUMN=VALUE, of one workload WORKLOAD/COLUMN=VALUE.
  const BEGIN = "#with?";
  const read = () => {
    if (!location.hash.startsWith(BEGIN)) return [];
    return [...new URLSearchParams(location.hash.slice(BEGIN.length))].map(([key, text]) => {
      const at = key.lastIndexOf("/");
      return { of: key.slice(0, Math.max(at, 0)), name: key.slice(at + 1), text };
    });
  };
  const write = () => {
    const pairs = changes.map(({ of, name, text }) => [of ? `${of}/${name}` : name, text]);
    const link = pairs.length ? BEGIN + new URLSearchParams(pairs) : " ";
    if (link !== location.hash) history.replaceState(null, "", link.trim() || location.pathname + location.search);
  };

  const panel = element("controls");
  const report = element("report");
  const begun = ask(JSON.stringify({ open: JSON.parse(await inflated(carried("question"))) }));
  if (begun.errors.length) throw new Error(begun.errors.join("\n"));
  panel.querySelector("form").innerHTML = begun.panel;
  const scope = element("scope");
  let changes = read();

  const say = (text, isBad) => {
    element("said").textContent = text;
    element("said").classList.toggle("bad", Boolean(isBad));
  };
  const show = ({ controls, errors }) => {
    for (const { name, text, placeholder, at, changed } of controls) {
      const [field, slider] = panel.querySelectorAll(`input[name=${name}]`);
      if (field !== document.activeElement) field.value = text;
      field.placeholder = placeholder;
      field.parentElement.classList.toggle("changed", changed);
      if (!slider) continue;
      slider.disabled = at === null;
      if (slider !== document.activeElement && at !== null) slider.value = at;
      slider.setAttribute("aria-valuetext", text || placeholder);
    }
    const count = changes.length;
    say(errors.length ? errors.join("\n") : count ? `${count} ${count === 1 ? "input" : "inputs"} changed` : "", errors.length);
    element("reset").disabled = !count;
  };
  // What is open stays open. Only that is made again; the rest once somebody opens it.
  const named = (fold) => fold.querySelector("summary").firstChild.textContent;
  const folds = () => [...report.querySelectorAll(":scope > details")];
  const path = (fold) => `${fold.parentElement === report ? "" : path(fold.parentElement.closest("details"))}/${named(fold)}`;
  // A fold that has nothing but a sentence waits to be opened.
  let made = new Set(folds().filter((it) => it.children.length > 2).map(named));
  const draw = (html) => {
    const open = new Set([...report.querySelectorAll("details[open]")].map(path));
    report.innerHTML = html;
    if (open.size) report.querySelectorAll("details").forEach((it) => { it.open = open.has(path(it)); });
    window.equipTables?.();
  };
  report.addEventListener("toggle", ({ target }) => {
    if (target.open && target.parentElement === report && !made.has(named(target))) soon({});
  }, true);
  const update = (more) => {
    const begin = performance.now();
    const open = folds().filter((it) => it.open).map(named);
    const answered = ask(JSON.stringify({ report: { changes, scope: scope.value, open, ...more } }));
    changes = answered.changes;
    if (answered.text !== undefined) {
      made = new Set(open);
      draw(answered.text);
    }
    show(answered);
    write();
    panel.dataset.ms = (performance.now() - begin).toFixed(1);
  };

  let waiting;
  const soon = (more) => {
    if (!waiting) requestAnimationFrame(() => { const it = waiting; waiting = undefined; update(it); });
    waiting = { ...waiting, ...more };
  };
  panel.addEventListener("input", ({ target }) => {
    if (target.type === "range") soon({ moved: { name: target.name, at: target.valueAsNumber } });
  });
  panel.addEventListener("change", ({ target }) => {
    if (target === scope) update({});
    else if (target.type !== "range") update({ typed: { of: scope.value, name: target.name, text: target.value } });
  });
  panel.addEventListener("submit", (event) => event.preventDefault());
  element("reset").addEventListener("click", () => { changes = []; update({}); });
  const copy = async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page opened from a file may not have the clipboard.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say(`${what} copied`);
  };
  element("copy-link").addEventListener("click", () => copy(location.href, "Link"));
  for (const format of ["csv", "markdown"]) {
    element(`copy-${format}`).addEventListener("click", () => {
      const { text, errors } = ask(JSON.stringify({ write: { changes, format } }));
      if (text === undefined) say(errors.join("\n"), true);
      else copy(text, format === "csv" ? "CSV" : "Markdown");
    });
  }
  window.addEventListener("hashchange", () => {
    if (location.hash && !location.hash.startsWith(BEGIN)) return;
    changes = read();
    update({});
  });
  if (changes.length) update({});
  else show(ask(JSON.stringify({ report: { changes, scope: scope.value, open: [] } })));
  // On a narrow page the answer stays first in sight.
  panel.querySelector("details").open = matchMedia("(min-width: 72rem)").matches;
  panel.hidden = false;
})();
