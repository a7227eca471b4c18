"use strict";
for (const frame of document.querySelectorAll("[data-table]")) {
  const body = frame.querySelector("tbody");
  const rows = Array.from(body.rows);
  frame.querySelector(".tools").hidden = false;
  const search = frame.querySelector("input");
  const choice = frame.querySelector("select");
  const count = frame.querySelector("[data-count]");

  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = (!choice || !choice.value || row.dataset.status === choice.value)
        && words.every((word) => text.includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${rows.length} rows`;
  };
  search.addEventListener("input", show);
  if (choice) choice.addEventListener("change", show);

  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.v === undefined ? cell.textContent.trim() : Number(cell.dataset.v);
  };
  frame.querySelectorAll("th button").forEach((button, column) => {
    button.addEventListener("click", () => {
      const head = button.parentElement;
      const down = head.getAttribute("aria-sort") === "ascending";
      frame.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const numeric = head.classList.contains("n");
      const key = new Map(rows.map((row) => [row, value(row, column)]));
      const absent = (row) => numeric && typeof key.get(row) !== "number";
      rows.sort((a, b) => {
        // What is absent stays at the end, whichever way the column is sorted.
        if (absent(a) || absent(b)) return absent(a) - absent(b);
        const order = numeric ? key.get(a) - key.get(b) : key.get(a).localeCompare(key.get(b), "en", { numeric: true });
        return down ? -order : order;
      });
      body.append(...rows);
    });
  });
}
