// Tables that can be sorted by a click on a heading and, where they ask for it, filtered by a word.
// Without this script they are plain tables in their own order, and complete.
"use strict";

const compare = new Intl.Collator("en-GB", { numeric: true, sensitivity: "base" }).compare;

function sortBy(table, heading, column) {
  const direction = heading.ariaSort === "ascending" ? "descending" : "ascending";
  for (const other of table.tHead.rows[0].cells) other.ariaSort = null;
  heading.ariaSort = direction;
  const sign = direction === "ascending" ? 1 : -1;
  const isNumeric = heading.classList.contains("n");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [valueOf(row.cells[column]), row]);
  rows.sort(([a], [b]) => {
    if (a === "" || b === "") return (a === "") - (b === ""); // what has no value comes last, either way
    return sign * (isNumeric ? a - b : compare(a, b));
  });
  body.append(...rows.map(([, row]) => row));
}

function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(table, heading, column));
    heading.append(button);
  });
}

// An outcome is meant as a whole: "not met" is Standards Not Met, and never "Nottingham ... Standards Met".
function outcomeIn(typed, outcomes) {
  for (const outcome of outcomes) {
    for (const name of [outcome, outcome.replace("standards", "").trim()]) {
      const found = ` ${typed} `.indexOf(` ${name} `);
      if (found >= 0) return [outcome, `${typed.slice(0, found)} ${typed.slice(found + name.length)}`];
    }
  }
  return ["", typed];
}

function makeSearchable(table, number) {
  const box = document.createElement("div");
  box.className = "filter";
  box.setAttribute("role", "search");
  box.setAttribute("aria-label", table.caption.textContent);
  box.innerHTML = `<label for="filter-${number}">Find a row</label><input id="filter-${number}" type="search" autocomplete="off"><output></output>`;
  const [, input, output] = box.children;
  const rows = [...table.tBodies[0].rows].map((row) => {
    const outcomes = [...row.querySelectorAll(".outcome")].map((cell) => plain(cell.textContent));
    return { row, outcomes, text: plain([...row.cells].map((cell) => cell.textContent).join(" ")) };
  });
  // the longer first, so that "not met" is not taken for "met"
  const known = document.body.dataset.outcomes.split("|").map(plain).sort((a, b) => b.length - a.length);
  const filter = () => {
    const [outcome, rest] = outcomeIn(plain(input.value).trim().replace(/\s+/g, " "), known);
    const words = rest.split(" ").filter(Boolean);
    for (const { row, outcomes, text } of rows)
      row.hidden = !(words.every((word) => text.includes(word)) && (!outcome || outcomes.includes(outcome)));
    output.textContent = `${rows.filter(({ row }) => !row.hidden).length} of ${rows.length} rows`;
  };
  input.addEventListener("input", filter);
  table.clearFilter = () => {
    input.value = "";
    filter();
  };
  filter();
  table.closest(".scroll").before(box);
}

// An address such as #RJ1 or #rj1 leads to its row, also where a filter hides it.
function goToRow() {
  const code = decodeURIComponent(location.hash.slice(1));
  const row = document.getElementById(code) ?? document.getElementById(code.toUpperCase());
  if (!row?.closest("tbody")) return;
  row.closest("table").clearFilter?.();
  for (let at = row.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  if (row.id !== code) location.replace(`#${row.id}`);
  row.scrollIntoView({ block: "center" });
}

document.querySelectorAll("table.data").forEach((table, number) => {
  if (table.tBodies[0].rows.length > 1) makeSortable(table);
  if ("search" in table.dataset) makeSearchable(table, number);
});
addEventListener("hashchange", goToRow);
goToRow();
