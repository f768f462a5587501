// What single pages add: two ICBs side by side, a code that is filled in, a row that a link leads to.
// Without this script the tables have every figure, and every row is in the page.
"use strict";

const asked = new URLSearchParams(location.search);

// The row that the address names, whatever is typed in a filter and however the code is written.
function showRow() {
  const name = decodeURIComponent(location.hash.slice(1));
  const row = document.getElementById(name) ?? document.getElementById(name.toUpperCase());
  if (!row?.closest("tr")) return;
  const filter = row.closest(".scroll").previousElementSibling?.querySelector("input");
  if (row.closest("tr").hidden && filter) {
    filter.value = "";
    filter.dispatchEvent(new Event("input"));
  }
  for (let at = row.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  if (row.id !== name) location.replace(`#${row.id}`);
  else row.scrollIntoView();
}
addEventListener("hashchange", showRow);
if (location.hash) addEventListener("load", showRow);

// The code that a link to the page of errors carries.
document.querySelectorAll("[data-about]").forEach((about) => {
  about.hidden = !/^\w{3,5}$/.test(asked.get("code") ?? "");
  about.querySelector("strong").textContent = asked.get("code");
});

// Two ICBs side by side, from the tables of the page.
function compareIn(place) {
  const tables = [...document.querySelectorAll("table.data")];
  const names = [...tables[0].tBodies[0].rows].map((row) => row.cells[0].textContent);
  const codes = [...tables[0].tBodies[0].rows].map((row) => row.cells[0].querySelector("a").href.match(/(\w+)\.html$/)[1]);
  const textOf = (name, table, column) =>
    [...table.tBodies[0].rows].find((row) => row.cells[0].textContent === name)?.cells[column].textContent ?? "–";
  const numberOf = (text) => (/^[−\d.,]+%?$/.test(text) ? Number(text.replace("−", "-").replace(/[%,]/g, "")) : NaN);

  function difference(a, b) {
    if (Number.isNaN(numberOf(a) + numberOf(b))) return a === b ? "the same" : "different";
    const decimals = (a.split(".")[1] ?? "").replace("%", "").length;
    const by = (numberOf(a) - numberOf(b)).toFixed(decimals).replace("-", "−");
    return a.endsWith("%") ? `${by} points` : by;
  }

  function cells(kind, texts) {
    return texts.map((text, at) => {
      const cell = document.createElement(at && kind === "td" ? "td" : "th");
      if (cell.tagName === "TH") cell.scope = kind === "td" ? "row" : "col";
      cell.textContent = text;
      return cell;
    });
  }

  const result = document.createElement("table");
  const boxes = ["a", "b"].map((key, at) => {
    const label = document.createElement("label");
    const box = document.createElement("select");
    box.append(...names.map((name, number) => new Option(name, codes[number])));
    box.value = asked.get(key)?.toUpperCase() ?? codes[at];
    if (!box.value) box.value = codes[at];
    box.addEventListener("change", show);
    label.append(at ? "with " : "Compare ", box);
    place.append(label);
    return box;
  });

  function show() {
    const [a, b] = boxes.map((box) => names[codes.indexOf(box.value)]);
    const body = document.createElement("tbody");
    for (const table of tables) {
      [...table.tHead.rows[0].cells].slice(1).forEach((heading, column) => {
        const [x, y] = [a, b].map((name) => textOf(name, table, column + 1));
        body.insertRow().append(...cells("td", [heading.textContent, x, y, difference(x, y)]));
      });
    }
    result.replaceChildren(result.createCaption(), result.createTHead(), body);
    result.caption.textContent = `${a} and ${b}`;
    result.tHead.insertRow().append(...cells("th", ["Figure", a, b, "Difference"]));
    history.replaceState(null, "", `?a=${boxes[0].value}&b=${boxes[1].value}${location.hash}`);
  }

  const frame = document.createElement("div");
  frame.className = "scroll";
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", "The two ICBs side by side");
  frame.append(result);
  place.append(frame);
  show();
}
document.querySelectorAll("[data-compare]").forEach(compareIn);
