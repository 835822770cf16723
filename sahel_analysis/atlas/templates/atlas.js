// The page looks states up in the tables that Python computed; it decides nothing itself.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const all = (selector) => [...document.querySelectorAll(selector)];
const DAY = 86400000;
const [first, last] = [Date.parse(data.first), Date.parse(data.last)];
const still = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const state = { ...data.start };
const charts = {};
let [timer, waiting] = [0, 0];

const iso = (time) => new Date(time).toISOString().slice(0, 10);
const clamp = (time) => Math.min(Math.max(time, first), last);
function words(day) {
  const [year, month, number] = day.split("-").map(Number);
  return `${number} ${data.months[month - 1]} ${year}`;
}

function position() {
  const days = data.history[state.evidence].days;
  let found = 0;
  while (found + 1 < days.length && days[found + 1] <= state.day) found += 1;
  return found;
}

function lookUp(iso3) {
  const history_ = data.history[state.evidence];
  const here = position();
  const step = history_.countries[iso3].findLast(([start]) => start <= here);
  return history_.states[step[1]];
}

function since(steps) {
  return steps?.findLast(([start]) => start <= state.day)?.slice(1);
}

function told(row) {
  if (!row.covered) return row.french_posture.words;
  return [row.french_posture, row.russian_engagement]
    .map((theme) => theme.words + (theme.when ? `, ${theme.when}` : ""))
    .join(". ");
}

function mark(element, row) {
  element.dataset.covered = row.covered;
  element.dataset.french = row.french_posture.value;
  element.dataset.russian = row.russian_engagement.value;
  element.dataset.frenchSure = row.french_posture.confirmed;
  element.dataset.russianSure = row.russian_engagement.confirmed;
}

function shown(item, country) {
  if (country && !item.dataset.iso3.split(" ").includes(country)) return false;
  return item.dataset.shown.split(" ").some((span) => {
    const [evidence, start, end] = span.split("/");
    return evidence === state.evidence && start <= state.day && (!end || state.day < end);
  });
}

function list(id, noun) {
  let number = 0;
  for (const item of byId(id).children) {
    item.hidden = !shown(item, state.country);
    number += !item.hidden;
    if (item.hidden) continue;
    // What came to be known later is not told yet; what follows says so.
    for (const later of item.querySelectorAll("[data-from]")) {
      later.hidden = later.dataset.from > state.day;
      if (later.nextElementSibling?.tagName === "SPAN") later.nextElementSibling.hidden = !later.hidden;
    }
  }
  const where = state.country ? ` that name ${data.names[state.country]}` : "";
  byId(noun).textContent = `${number}${where} by ${words(state.day)}`;
  return number;
}

function basesOf(iso3) {
  return Object.entries(data.history[state.evidence].bases)
    .filter(([key]) => byId(`site-${key}`).dataset.iso3 === iso3)
    .map(([, steps]) => since(steps) ?? ["", 0, ""])
    .filter(([look]) => look);
}

function showPanel() {
  const chosen = state.country;
  byId("panel-title").textContent = chosen ? data.names[chosen] : "All countries";
  byId("panel-state").hidden = !chosen;
  const reasons = {};
  if (chosen) {
    const row = lookUp(chosen);
    for (const [id, key, noun] of data.themes) {
      const theme = row[key];
      byId(`panel-${id}`).textContent = theme.short + (theme.when ? `, ${theme.when}` : "");
      for (const event of theme.events) (reasons[event] ??= []).push(noun);
    }
    const told = basesOf(chosen).map(([, , words]) => words);
    byId("panel-bases").textContent = told.join("; ") || "None on record";
  }
  list("events", "event-count");
  const number = list("figures", "figure-count");
  byId("no-counts").hidden = number > 0;
  byId("counts").classList.toggle("empty", number === 0);
  for (const item of byId("events").children) {
    const decides = item.querySelector(".decides");
    decides.hidden = !reasons[item.id];
    decides.textContent = reasons[item.id] ? `Decides the ${reasons[item.id].join(" and the ")}` : "";
  }
}

function showMap() {
  for (const iso3 of Object.keys(data.names)) {
    const row = lookUp(iso3);
    const chosen = iso3 === state.country;
    for (const element of all(`[data-iso3="${iso3}"]:is(.country, .label, tr)`)) mark(element, row);
    const country = byId(`map-${iso3}`);
    country?.setAttribute("aria-label", `${data.names[iso3]}. ${told(row)}`);
    country?.setAttribute("aria-selected", chosen);
    const line = document.querySelector(`tr[data-iso3="${iso3}"]`);
    line.classList.toggle("chosen", chosen);
    line.querySelector("button").setAttribute("aria-pressed", chosen);
    const cells = line.querySelectorAll("td");
    data.themes.forEach(([id, key], number) => {
      const theme = row[key];
      if (id === "russian") mark(cells[number].querySelector(".mark"), row);
      const look = row.covered ? `french-${theme.value}${theme.confirmed ? "" : " unsure"}` : "not-covered";
      if (id === "french") cells[number].querySelector("rect").setAttribute("class", `fill ${look}`);
      cells[number].querySelector(".words").textContent = theme.short;
      cells[number].querySelector(".since").textContent = theme.when;
    });
    cells[2].textContent = [...byId("events").children].filter((item) => shown(item, iso3)).length;
  }
  const { bases, counts } = data.history[state.evidence];
  for (const site of all("g.site[id]")) {
    const [look, number, text] = since(bases[site.id.slice(5)]) ?? ["", 0, ""];
    site.dataset.look = look;
    site.querySelector(".order").textContent = number || "";
    site.querySelector("title").textContent = text;
  }
  for (const label of all(".label .count")) {
    const [french, russian] = since(counts[label.parentNode.dataset.iso3]);
    label.textContent = state.exhibit === "russian" ? russian : french;
  }
  const path = byId(`map-${state.country}`)?.querySelector("path");
  for (const id of ["chosen", "chosen-halo"]) byId(id).setAttribute("d", path?.getAttribute("d") ?? "");
}

function parameters() {
  const look = getComputedStyle(document.documentElement);
  const inks = Object.entries(data.inks).map(([name, own]) => [name, look.getPropertyValue(`--${own}`).trim()]);
  const { day, evidence, exhibit, country } = state;
  return { day: Date.parse(day), evidence, exhibit, chosen: country, ...Object.fromEntries(inks) };
}

function showCharts() {
  for (const view of Object.values(charts)) {
    for (const [name, value] of Object.entries(parameters())) view.signal(name, value);
    view.runAsync();
  }
}

function show() {
  const history_ = data.history[state.evidence];
  const edition = `${words(state.day)}, ${data.evidence[state.evidence]}`;
  const chosen_ = state.country && `${data.names[state.country]}. ${told(lookUp(state.country))}.`;
  const finding = chosen_ || history_.findings[state.exhibit][position()];
  document.body.className = `exhibit-${state.exhibit}`;
  const texts = { finding, edition, caption: edition, "day-words": words(state.day) };
  for (const [id, text] of Object.entries(texts)) byId(id).textContent = text;
  byId("slider").value = (Date.parse(state.day) - first) / DAY;
  byId("slider").setAttribute("aria-valuetext", words(state.day));
  if (document.activeElement !== byId("day")) byId("day").value = state.day;
  byId("country").value = state.country;
  for (const name of ["evidence", "exhibit"])
    for (const input of all(`input[name=${name}]`)) input.checked = input.value === state[name];
  showMap();
  showPanel();
  showCharts();
  if (timer) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    byId("live").textContent = `${edition}. ${finding}`;
    writeAddress();
  }, 300);
}

function set(change) {
  Object.assign(state, change);
  show();
}

let known = location.hash;

function writeAddress() {
  // Somebody has just typed another address, and its event is on the way: do not write over it.
  if (location.hash !== known) return;
  const { day, evidence, exhibit, country } = state;
  const address = new URLSearchParams({ date: day, evidence, show: exhibit, ...(country && { country }) });
  try {
    history.replaceState(null, "", `#${address}`);
    known = location.hash;
  } catch {
    // In a notebook's cell the page has no address of its own.
  }
}

function readAddress(text) {
  const asked = new URLSearchParams(text.replace(/^#/, ""));
  const time = /^\d{4}-\d\d-\d\d$/.test(asked.get("date")) ? Date.parse(asked.get("date")) : NaN;
  const pick = (name, known, fallback) => (Object.hasOwn(known, asked.get(name)) ? asked.get(name) : fallback);
  return {
    day: Number.isNaN(time) ? data.start.day : iso(clamp(time)),
    evidence: pick("evidence", data.history, data.start.evidence),
    exhibit: pick("show", data.history.checked.findings, data.start.exhibit),
    country: pick("country", data.names, ""),
  };
}

function stop() {
  clearInterval(timer);
  timer = 0;
  byId("play").textContent = "Play";
  byId("play").setAttribute("aria-pressed", "false");
  show();
}

// The event before or after a day, of the chosen country or of all.
function eventAfter(day, direction) {
  const days = [];
  for (const item of byId("events").children) {
    if (state.country && !item.dataset.iso3.split(" ").includes(state.country)) continue;
    for (const span of item.dataset.shown.split(" ")) {
      const [evidence, start] = span.split("/");
      if (evidence === state.evidence && start >= data.first && start <= data.last) days.push(start);
    }
  }
  days.sort();
  return direction > 0 ? days.find((start) => start > day) : days.findLast((start) => start < day);
}

function play() {
  if (timer) return stop();
  if (state.day >= data.last) state.day = data.first;
  byId("play").textContent = "Pause";
  byId("play").setAttribute("aria-pressed", "true");
  // Whoever asked for less motion gets one step per event, and time to look.
  timer = setInterval(() => {
    const date = new Date(state.day);
    date.setUTCMonth(date.getUTCMonth() + 1, 1);
    const next = still.matches ? eventAfter(state.day, 1) : iso(clamp(date.getTime()));
    if (next) set({ day: next });
    if (!next || next >= data.last) stop();
  }, still.matches ? 1500 : 250);
}

function move(event) {
  const countries = all(".country");
  const here = countries.indexOf(event.target.closest(".country"));
  const to = { ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1, Home: 0, End: countries.length - 1 }[event.key];
  if (event.key === "Enter" || event.key === " ") {
    set({ country: countries[here].dataset.iso3 });
  } else if (to !== undefined) {
    countries[Math.min(Math.max(to, 0), countries.length - 1)].focus();
  } else if (event.key === "Escape") {
    set({ country: "" });
  } else return;
  event.preventDefault();
}

function ring(event) {
  const country = event.type === "focusin" ? event.target.closest(".country") : null;
  const visible = country?.matches(":focus-visible");
  const path = visible ? country.querySelector("path").getAttribute("d") : "";
  for (const id of ["focus", "focus-halo"]) byId(id).setAttribute("d", path);
  if (country) for (const other of all(".country")) other.tabIndex = other === country ? 0 : -1;
}

function place(event) {
  const frame = document.querySelector("#timeline .role-frame path.background").getBoundingClientRect();
  const across = (event.clientX - frame.left) / frame.width;
  const down = Math.floor(((event.clientY - frame.top) / frame.height) * data.lanes.length);
  return { day: iso(clamp(first + Math.round((across * (last - first)) / DAY) * DAY)), country: data.lanes[down] ?? state.country };
}

function save(ending, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  const parts = ["sahel_atlas", state.day, state.evidence, state.exhibit, state.country];
  link.download = `${parts.filter(Boolean).join("_")}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const LOOK = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "paint-order", "transform",
  "font-family", "font-size", "font-weight", "text-anchor"];

// A copy that looks the same without the page's style; what is not shown is left out.
function dressed(element) {
  const copy = element.cloneNode(false);
  const look = getComputedStyle(element);
  if (look.display === "none" || element.getAttribute("d") === "") return null;
  for (const name of [...copy.attributes].map((a) => a.name))
    if (/^(class|id|role|tabindex|data-|aria-)/.test(name)) copy.removeAttribute(name);
  if (element !== byId("map"))
    copy.setAttribute("style", LOOK.map((name) => `${name}:${look.getPropertyValue(name)}`).join(";"));
  for (const child of element.childNodes) {
    const kept = child.nodeType === Node.ELEMENT_NODE ? dressed(child) : child.cloneNode();
    if (kept) copy.append(kept);
  }
  return copy;
}

function takeSvg() {
  const space = "http://www.w3.org/2000/svg";
  const [, , width, height] = byId("map").getAttribute("viewBox").split(" ").map(Number);
  const keys = all(".keys li").filter((item) => item.checkVisibility() || !byId("key").open);
  const look = getComputedStyle(document.body);
  const write = (x, y, size, text, weight = 400) => {
    const line = document.createElementNS(space, "text");
    for (const [name, value] of Object.entries({ x, y, "font-size": size, "font-weight": weight, fill: "#111" }))
      line.setAttribute(name, value);
    line.setAttribute("font-family", look.fontFamily);
    line.textContent = text;
    return line;
  };
  const head = byId("finding").textContent.match(/.{1,88}(\s|$)/g);
  const top = 24 * head.length + 34;
  const rows = Math.ceil(keys.length / 3);
  const whole = document.createElementNS(space, "svg");
  whole.setAttribute("viewBox", `0 0 ${width} ${top + height + 22 * rows + 40}`);
  const paper = document.createElementNS(space, "rect");
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: "#fff" })) paper.setAttribute(name, value);
  const map = dressed(byId("map"));
  for (const [name, value] of Object.entries({ y: top, width, height })) map.setAttribute(name, value);
  whole.append(paper, ...head.map((line, n) => write(4, 22 + 24 * n, 20, line, 700)), write(4, top - 12, 15, byId("edition").textContent), map);
  keys.forEach((item, n) => {
    const [x, y] = [4 + Math.floor(n / rows) * (width / 3), top + height + 26 + 22 * (n % rows)];
    const sign = dressed(item.querySelector("svg"));
    for (const [name, value] of Object.entries({ x, y: y - 13, width: 26, height: 16 })) sign.setAttribute(name, value);
    whole.append(sign, write(x + 34, y, 14, item.textContent.trim()));
  });
  whole.append(write(4, top + height + 22 * rows + 32, 12, document.querySelector(".map > .small").textContent));
  save("svg", "image/svg+xml", `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(whole)}\n`);
}

function takeCsv() {
  const rows = [["row", "key", "iso3", "day", "what", "text", "sources"]];
  for (const iso3 of state.country ? [state.country] : Object.keys(data.names)) {
    const row = lookUp(iso3);
    for (const [, theme] of data.themes) {
      const { words: text, when, events } = row[theme];
      rows.push(["state", theme, iso3, state.day, text, when, events.join(" ")]);
    }
  }
  for (const [row, id] of [["event", "events"], ["count", "figures"]])
    for (const item of byId(id).children) {
      if (item.hidden) continue;
      const [head, text] = item.querySelectorAll("p");
      const sources = [...item.querySelectorAll("[data-key]")].map((source) => source.dataset.key);
      rows.push([row, item.id, item.dataset.iso3, item.dataset.day, head.textContent, text.textContent, sources.join(" ")]);
    }
  // What a spreadsheet would run as a formula begins with an apostrophe, as in `sahel export`.
  const cell = (text) => `"${text.trim().replace(/\s+/g, " ").replace(/^[=+\-@＝＋－＠]/, "'$&").replaceAll('"', '""')}"`;
  save("csv", "text/csv", rows.map((row) => `${row.map(cell).join(",")}\r\n`).join(""));
}

function listen() {
  byId("take-svg").addEventListener("click", takeSvg);
  byId("take-csv").addEventListener("click", takeCsv);
  byId("slider").addEventListener("keydown", (e) => {
    const direction = { PageUp: 1, PageDown: -1 }[e.key];
    if (!direction) return;
    e.preventDefault();
    set({ day: eventAfter(state.day, direction) ?? state.day });
  });
  byId("slider").addEventListener("input", (e) => set({ day: iso(first + e.target.value * DAY) }));
  byId("day").addEventListener("change", (e) => {
    if (e.target.value) set({ day: iso(clamp(Date.parse(e.target.value))) });
  });
  byId("play").addEventListener("click", play);
  for (const [id, direction] of [["back", -1], ["ahead", 1]])
    byId(id).addEventListener("click", () => set({ day: eventAfter(state.day, direction) ?? state.day }));
  byId("country").addEventListener("change", (e) => set({ country: e.target.value }));
  byId("all").addEventListener("click", () => {
    set({ country: "" });
    byId("panel").focus();
  });
  for (const name of ["evidence", "exhibit"])
    for (const input of all(`input[name=${name}]`))
      input.addEventListener("change", () => set({ [name]: input.value }));
  byId("map").addEventListener("click", (e) => {
    const iso3 = e.target.closest("[data-iso3]")?.dataset.iso3;
    if (iso3) set({ country: iso3 });
  });
  byId("countries").addEventListener("keydown", move);
  // On the section, because Chromium lets SVG elements that listen for focus take it.
  for (const type of ["focusin", "focusout"]) byId("main").firstElementChild.addEventListener(type, ring);
  byId("table").addEventListener("click", (e) => {
    const iso3 = e.target.closest("button")?.dataset.iso3;
    if (iso3) set({ country: iso3 === state.country ? "" : iso3 });
  });
  byId("events").addEventListener("click", (e) => {
    if (e.target.dataset.go) set({ day: iso(clamp(Date.parse(e.target.dataset.go))) });
  });
  const timeline = byId("timeline");
  let held = null;
  timeline.addEventListener("pointerdown", (e) => (held = { x: e.clientX, moved: false }));
  timeline.addEventListener("pointermove", (e) => {
    if (!held) return;
    held.moved ||= Math.abs(e.clientX - held.x) > 4;
    if (held.moved) set({ day: place(e).day });
  });
  timeline.addEventListener("pointerup", (e) => {
    if (held && !held.moved) set(place(e));
    held = null;
  });
  timeline.addEventListener("pointerleave", () => (held = null));
  // The links that skip change the address too; they say nothing about the state.
  addEventListener("hashchange", () => {
    known = location.hash;
    if (known.includes("=")) set(readAddress(known));
  });
  dark.addEventListener("change", showCharts);
}

document.documentElement.classList.add("js");
// Halos of names: the HTML checker does not know the property without which they would cover them.
const [sheet] = document.styleSheets;
for (const rule of [
  ".label text{paint-order:stroke;stroke:var(--fill);stroke-width:.28em;stroke-linejoin:round}",
  ".label.beside text{stroke:var(--sea)}",
])
  sheet.insertRule(rule, sheet.cssRules.length);
byId("key").open = !matchMedia("(max-width: 40rem)").matches;
Object.assign(state, readAddress(location.hash || document.documentElement.dataset.start));
listen();
show();
await Promise.all(["400", "700"].map((weight) => document.fonts.load(`${weight} 13px "Source Sans Pro"`)));
// The page forbids code made from text, so Vega interprets its expressions instead of compiling them.
// A chart without rows is no fault, so that only errors are logged.
const options = { actions: false, ast: true, logLevel: 1, renderer: "svg", tooltip: false };
for (const [id, chart] of Object.entries(data.charts)) {
  const values = parameters();
  for (const param of chart.params) param.value = values[param.name];
  charts[id] = (await vegaEmbed(`#${id}`, chart, options)).view;
}
showCharts();
document.documentElement.dataset.ready = "true";
