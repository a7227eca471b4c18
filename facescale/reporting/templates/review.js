"use strict";
(() => {
  const COLUMNS = ["key", "item", "decision", "reason", "at", "author"];
  const grid = document.querySelector("[data-review]");
  const cards = Array.from(grid.querySelectorAll(".card"));
  const byKey = new Map(cards.map((card) => [card.dataset.key, card]));
  const find = (name) => document.querySelector(`[data-${name}]`);
  const counts = find("counts"), show = find("show"), author = find("author"), undo = find("undo"), save = find("save");

  // What the results hold already, what is decided now, and the way back.
  const given = new Map(cards.map((card) => [card.dataset.key, {
    decision: card.dataset.decision, reason: card.dataset.reason, at: card.dataset.at,
  }]));
  const now = new Map(given);
  const past = [];
  const saved = new Set();  // in a file already: taking such a decision back has to be said in the next one
  let current = null;

  // A browser may refuse storage to pages that are files: then decisions live as long as the page does.
  const slot = `facescale-review:${grid.dataset.review}`;
  const memory = (() => {
    try { localStorage.setItem(`${slot}:probe`, ""); localStorage.removeItem(`${slot}:probe`); return localStorage; }
    catch { return null; }
  })();
  const changed = () => cards.map((card) => card.dataset.key).filter((key) => {
    const before = given.get(key), after = now.get(key);
    return saved.has(key) || before.decision !== after.decision || before.reason !== after.reason;
  });
  const remember = () => {
    if (!memory) return;
    try {
      memory.setItem(slot, JSON.stringify({
        author: author.value, decisions: changed().map((key) => [key, now.get(key)]), saved: Array.from(saved),
      }));
    } catch { /* full: the file is still there to save */ }
  };
  const recall = () => {
    let kept = null;
    try { kept = JSON.parse(memory ? memory.getItem(slot) : "null"); } catch { return; }
    if (!kept) return;
    author.value = kept.author || "";
    for (const [key, entry] of kept.decisions || []) {
      // What was handed in since, here or by somebody else, is in the page itself.
      if (!byKey.has(key) || entry.at <= given.get(key).at) continue;
      now.set(key, entry);
      if ((kept.saved || []).includes(key)) saved.add(key);
    }
  };

  const paint = (key) => {
    const card = byKey.get(key), { decision, reason } = now.get(key);
    card.dataset.decision = decision;
    card.querySelector(".accept").setAttribute("aria-pressed", String(decision === "accept"));
    card.querySelector(".reject").setAttribute("aria-pressed", String(decision === "reject"));
    const field = card.querySelector(".why");
    field.hidden = decision === "";
    if (field.value !== reason) field.value = reason;
  };
  const total = () => {
    const of = (decision) => cards.filter((card) => card.dataset.decision === decision).length;
    const unsaved = changed().length;
    counts.textContent = `${of("accept")} accepted, ${of("reject")} rejected, ${of("")} undecided`
      + (unsaved ? `; ${unsaved} not handed in yet` : "");
    save.disabled = unsaved === 0;
    undo.disabled = past.length === 0;
  };
  const put = (key, entry) => { now.set(key, entry); paint(key); total(); remember(); };
  const decide = (key, decision, reason) => {
    const before = now.get(key);
    if (before.decision === decision && before.reason === reason) return;
    past.push([key, before]);
    put(key, { decision, reason: decision ? reason : "", at: new Date().toISOString() });
  };
  const takeBack = () => {
    const last = past.pop();
    if (!last) return;
    // A decision that was undone is newer than the one it brings back.
    const [key, before] = last, standing = given.get(key);
    const same = before.decision === standing.decision && before.reason === standing.reason;
    put(key, same && !saved.has(key) ? standing : { ...before, at: new Date().toISOString() });
    select(byKey.get(key));
  };

  const visible = () => cards.filter((card) => !card.hidden);
  const select = (card, scroll = true) => {
    if (!card) return;
    if (current) { current.classList.remove("current"); current.tabIndex = -1; }
    current = card;
    card.classList.add("current");
    card.tabIndex = 0;
    if (!card.contains(document.activeElement)) card.focus({ preventScroll: true });
    if (scroll) card.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const seen = visible(), place = seen.indexOf(current);
    select(seen[Math.min(Math.max(place + by, 0), seen.length - 1)]);
  };
  const columns = () => getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const next = () => {
    const seen = visible(), place = seen.indexOf(current);
    select(seen.slice(place + 1).find((card) => card.dataset.decision === "") || seen[place + 1]);
  };
  const filter = () => {
    for (const card of cards) {
      const { decision } = card.dataset;
      card.hidden = show.value !== "" && (show.value === "open" ? decision !== "" : decision !== show.value);
    }
    if (!current || current.hidden) select(visible()[0]);
  };

  const quoted = (text) => `"${String(text).replaceAll('"', '""')}"`;
  const download = () => {
    const rows = changed().map((key) => {
      const { decision, reason, at } = now.get(key);
      return [key, byKey.get(key).dataset.item, decision || "clear", reason, at, author.value];
    });
    if (!rows.length) return;
    const text = [COLUMNS, ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = "decisions.csv";
    link.click();
    for (const key of changed()) saved.add(key);
    remember();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  for (const card of cards) {
    const { key } = card.dataset;
    card.addEventListener("focusin", () => { if (card !== current) select(card, false); });
    card.addEventListener("pointerdown", () => select(card, false));
    for (const decision of ["accept", "reject"]) {
      card.querySelector(`.${decision}`).addEventListener("click", () => {
        const { decision: before, reason } = now.get(key);
        decide(key, before === decision ? "" : decision, reason);
      });
    }
    card.querySelector(".why").addEventListener("change", (event) => {
      decide(key, now.get(key).decision, event.target.value.trim());
    });
  }
  undo.addEventListener("click", takeBack);
  save.addEventListener("click", download);
  show.addEventListener("change", filter);
  author.addEventListener("input", remember);

  const keys = {
    a: () => { decide(current.dataset.key, "accept", now.get(current.dataset.key).reason); next(); },
    r: () => { decide(current.dataset.key, "reject", now.get(current.dataset.key).reason); next(); },
    c: () => decide(current.dataset.key, "", ""),
    u: takeBack,
    e: () => {
      const { key } = current.dataset;
      if (now.get(key).decision === "") decide(key, "reject", "");
      current.querySelector(".why").focus();
    },
    s: download,
    ArrowRight: () => step(1), ArrowLeft: () => step(-1),
    ArrowDown: () => step(columns()), ArrowUp: () => step(-columns()),
    " ": () => { current.classList.toggle("large"); current.scrollIntoView({ block: "nearest" }); },
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select");
    if (typing) {
      const entered = event.key === "Enter" && event.target.matches(".why");
      if (entered || event.key === "Escape") {
        event.preventDefault();
        event.target.blur();
        if (current) current.focus({ preventScroll: true });
        if (entered) next();
      }
      return;
    }
    const back = (event.ctrlKey || event.metaKey) && event.key === "z";
    if (back) { event.preventDefault(); takeBack(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.matches("button")) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || !current) return;
    event.preventDefault();
    act();
  });

  recall();
  for (const card of cards) paint(card.dataset.key);
  total();
  select(cards.find((card) => card.dataset.decision === "") || cards[0]);
})();
