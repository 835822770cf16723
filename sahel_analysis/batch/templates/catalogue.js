"use strict";
const form = document.getElementById("filter");
const words = document.getElementById("words");
const selects = [...form.querySelectorAll("select")];
const body = document.querySelector("tbody");
const rows = [...body.rows];
const count = document.getElementById("count");
const parts = location.hash ? new URLSearchParams(location.hash.slice(1)) : new URLSearchParams();

function filter() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    const fits = wanted.every((word) => text.includes(word)) &&
      selects.every((select) => !select.value || row.dataset[select.dataset.column] === select.value);
    row.hidden = !fits;
    shown += fits;
  }
  count.textContent = `${shown} of ${rows.length} shown`;
}

function sort(header, headers) {
  const name = header.dataset.sort;
  const down = header.getAttribute("aria-sort") === "ascending";
  for (const other of headers) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", down ? "descending" : "ascending");
  const order = (a, b) => name === "size"
    ? Number(a.dataset.size) - Number(b.dataset.size)
    : a.dataset[name].localeCompare(b.dataset[name], "en");
  rows.sort((a, b) => down ? order(b, a) : order(a, b));
  body.append(...rows);
}

const headers = [...document.querySelectorAll("[data-sort]")];
for (const header of headers) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = header.textContent;
  button.addEventListener("click", () => sort(header, headers));
  header.replaceChildren(button);
}
words.value = parts.get("search") || "";
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", filter);
form.hidden = false;
filter();
