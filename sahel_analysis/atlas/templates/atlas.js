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
  const days = data.turns[state.evidence].days;
  let found = 0;
  while (found + 1 < days.length && days[found + 1] <= state.day) found += 1;
  return found;
}

function lookUp(iso3) {
  const turns = data.turns[state.evidence];
  const here = position();
  const step = turns.countries[iso3].findLast(([start]) => start <= here);
  return turns.states[step[1]];
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
  }
  const where = state.country ? ` that name ${data.names[state.country]}` : "";
  byId(noun).textContent = `${number}${where} by ${words(state.day)}`;
  return number;
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
    country.setAttribute("aria-label", `${data.names[iso3]}. ${told(row)}`);
    country.setAttribute("aria-selected", chosen);
    const line = document.querySelector(`tr[data-iso3="${iso3}"]`);
    line.classList.toggle("chosen", chosen);
    line.querySelector("button").setAttribute("aria-pressed", chosen);
    const cells = line.querySelectorAll("td");
    data.themes.forEach(([id, key], number) => {
      const theme = row[key];
      const look = row.covered ? `${id}-${theme.value}` : "not-covered";
      const [fill, lines] = cells[number].querySelectorAll("rect");
      fill.setAttribute("class", `fill ${look}`);
      lines.setAttribute("class", `lines ${look}`);
      cells[number].querySelector(".words").textContent = theme.short;
      cells[number].querySelector(".since").textContent = theme.when;
    });
    cells[2].textContent = [...byId("events").children].filter((item) => shown(item, iso3)).length;
  }
  const path = state.country ? byId(`map-${state.country}`).querySelector("path") : null;
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
  const turns = data.turns[state.evidence];
  const edition = `${words(state.day)}, ${data.evidence[state.evidence]}`;
  const finding = turns.findings[state.exhibit][position()];
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
    const chosen = state.country ? ` ${data.names[state.country]}: ${told(lookUp(state.country))}.` : "";
    byId("live").textContent = `${edition}. ${finding}${chosen}`;
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
    evidence: pick("evidence", data.turns, data.start.evidence),
    exhibit: pick("show", data.turns.checked.findings, data.start.exhibit),
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

function turnAfter(day, direction) {
  const days = data.turns[state.evidence].days;
  return direction > 0 ? days.find((turn) => turn > day) : days.findLast((turn) => turn < day);
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
    const next = still.matches ? turnAfter(state.day, 1) : iso(clamp(date.getTime()));
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
  const frame = document.querySelector("#stripes .role-frame path.background").getBoundingClientRect();
  const across = (event.clientX - frame.left) / frame.width;
  const down = Math.floor(((event.clientY - frame.top) / frame.height) * data.lanes.length);
  return { day: iso(clamp(first + Math.round((across * (last - first)) / DAY) * DAY)), country: data.lanes[down] ?? state.country };
}

function listen() {
  byId("slider").addEventListener("input", (e) => set({ day: iso(first + e.target.value * DAY) }));
  byId("day").addEventListener("change", (e) => {
    if (e.target.value) set({ day: iso(clamp(Date.parse(e.target.value))) });
  });
  byId("play").addEventListener("click", play);
  for (const [id, direction] of [["back", -1], ["ahead", 1]])
    byId(id).addEventListener("click", () => set({ day: turnAfter(state.day, direction) ?? state.day }));
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
  const stripes = byId("stripes");
  let held = null;
  stripes.addEventListener("pointerdown", (e) => (held = { x: e.clientX, moved: false }));
  stripes.addEventListener("pointermove", (e) => {
    if (!held) return;
    held.moved ||= Math.abs(e.clientX - held.x) > 4;
    if (held.moved) set({ day: place(e).day });
  });
  stripes.addEventListener("pointerup", (e) => {
    if (held && !held.moved) set(place(e));
    held = null;
  });
  stripes.addEventListener("pointerleave", () => (held = null));
  // The links that skip change the address too; they say nothing about the state.
  addEventListener("hashchange", () => {
    known = location.hash;
    if (known.includes("=")) set(readAddress(known));
  });
  dark.addEventListener("change", showCharts);
}

document.documentElement.classList.add("js");
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
