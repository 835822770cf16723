"use strict";
const form = document.getElementById("filter");
const words = document.getElementById("words");
const selects = [...form.querySelectorAll("select")];
const cards = [...document.querySelectorAll(".card")];
const count = document.getElementById("count");
const parts = location.hash ? new URLSearchParams(location.hash.slice(1)) : new URLSearchParams();

function filter() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const card of cards) {
    const text = card.textContent.toLowerCase();
    const fits = wanted.every((word) => text.includes(word)) &&
      selects.every((select) => !select.value || card.dataset[select.dataset.column] === select.value);
    card.hidden = !fits;
    shown += fits;
  }
  for (const section of document.querySelectorAll("section"))
    section.hidden = !section.querySelector(".card:not([hidden])");
  count.textContent = `${shown} of ${cards.length} shown`;
}

words.value = parts.get("search") || "";
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", filter);
form.hidden = false;
filter();
