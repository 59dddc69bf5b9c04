"use strict";
const groups = JSON.parse(document.getElementById("data").textContent);
const table = document.getElementById("namespaces");
const bodies = [...table.tBodies];
const search = document.getElementById("search");
const chips = [...document.querySelectorAll(".chips button")];
const most = 100; // rows that one press opens

/** Make an element: its class, and what is in it, texts as texts. */
function make(name, className, ...inside) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...inside);
  return element;
}

function badge(effect) {
  return make("span", `effect ${effect.severity}`, effect.name);
}

/** Fill a fold when it is opened for the first time. */
function fold(summary, fill) {
  const element = make("details", "", make("summary", "", ...summary));
  element.addEventListener("toggle", () => element.childElementCount === 1 && element.append(fill()));
  return element;
}

const kinds = {"+": "added", "-": "removed", "~": "changed"};

function difference(text) {
  return make("pre", "", ...text.split("\n").map((line) => make("span", kinds[line[0]] ?? "", line || " ")));
}

function details(group) {
  const parts = [];
  if (group.why) parts.push(make("p", "quiet", group.why));
  if (group.members.length > 1) {
    const names = () => make("p", "", group.members.join(", "));
    parts.push(fold([`The same in ${group.members.length.toLocaleString("en")} namespaces`], names));
  }
  if (group.effects.length) parts.push(make("h3", "", "Effects"), effects(group.effects));
  if (group.findings.length) {
    const items = group.findings.map(([severity, where, text]) => {
      const item = make("li", "", badge({name: severity, severity}), " ");
      if (where) item.append(make("code", "", where), ": ");
      item.append(text);
      return item;
    });
    parts.push(make("h3", "", "Findings"), make("ul", "", ...items));
  }
  if (group.known) parts.push(make("p", "quiet", group.known));
  if (group.objects.length) parts.push(make("h3", "", "What differs"));
  for (const object of group.objects) {
    const title = [make("code", "", object.title), " ", ...object.effects.map(badge)];
    const element = fold(title, () => difference(object.lines));
    element.open = object.lines.length < 4000;
    parts.push(element);
  }
  return parts;
}

function effects(told) {
  const names = ["Effect", "On", "Pods", "Why", "Value"];
  const rows = told.map((one) => {
    const cells = [[badge(one.effect)], [one.on], [one.pods], [one.why, " ", make("span", "quiet", one.source)],
      [make("code", "", one.place)]].map((inside) => make("td", "", ...inside));
    cells[2].dataset.label = "Pods";
    return make("tr", "", ...cells);
  });
  const head = make("thead", "", make("tr", "", ...names.map((name) => make("th", "", name))));
  return make("table", "", head, make("tbody", "", ...rows));
}

function open(body, wanted) {
  const button = body.querySelector(".open");
  if ((button.getAttribute("aria-expanded") === "true") === wanted) return;
  button.setAttribute("aria-expanded", wanted);
  if (!wanted) return body.rows[1].remove();
  const cell = make("td", "", ...details(groups[body.dataset.group]));
  cell.colSpan = body.rows[0].cells.length;
  body.append(make("tr", "more", cell));
}

const haystacks = new Map();

/** All of a group in which a search may find something. */
function haystack(group) {
  if (!haystacks.has(group)) {
    const texts = [group.members, group.files, group.why, group.findings,
      group.effects.map((one) => [one.on, one.why, one.place]),
      group.objects.map((one) => [one.title, one.lines])];
    haystacks.set(group, texts.flat(3).join("\n").toLowerCase());
  }
  return haystacks.get(group);
}

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.value);
  let shown = 0, all = 0;
  for (const body of bodies) {
    const group = groups[body.dataset.group];
    const fits = (!wanted.length || wanted.some((effect) => group.labels.includes(effect)))
      && words.every((word) => haystack(group).includes(word));
    body.hidden = !fits;
    all += group.members.length;
    if (fits) shown += group.members.length;
    const note = body.querySelector(".matches");
    const named = fits && words.length && group.members.length > 1
      ? group.members.filter((name) => words.every((word) => name.includes(word))) : [];
    if (note) note.textContent = named.length ? `among them ${named.slice(0, 3).join(", ")}${named.length > 3 ? ", …" : ""}` : "";
  }
  const count = (number) => number.toLocaleString("en");
  document.getElementById("shown").textContent = `${count(shown)} of ${count(all)} namespaces shown`;
  document.getElementById("nothing").hidden = shown > 0 || !all;
}

const collator = new Intl.Collator("en", {numeric: true});

function compared(one, other) {
  const difference = one - other; // not a number when one of them is a name
  return Number.isNaN(difference) ? collator.compare(one, other) : difference;
}

function sort(head) {
  const column = head.cellIndex;
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const keys = new Map(bodies.map((body) => [body, body.rows[0].cells[column].dataset.key]));
  const sign = down ? -1 : 1;
  bodies.sort((one, other) => sign * compared(keys.get(one), keys.get(other)));
  table.append(...bodies);
}

for (const chip of chips) {
  chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", chip.getAttribute("aria-pressed") !== "true");
    filter();
  });
}
for (const body of bodies) {
  const button = body.querySelector(".open");
  button.disabled = false;
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => open(body, button.getAttribute("aria-expanded") !== "true"));
}
for (const head of table.tHead.rows[0].cells) {
  const button = make("button", "", head.textContent);
  button.type = "button";
  button.addEventListener("click", () => sort(head));
  head.replaceChildren(button);
}
function openShown() {
  for (const body of bodies.filter((body) => !body.hidden).slice(0, most)) open(body, true);
}
document.getElementById("all").addEventListener("click", openShown);
document.getElementById("controls").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("controls").hidden = !bodies.length;
search.addEventListener("input", filter);
addEventListener("beforeprint", () => {
  openShown();
  for (const element of document.querySelectorAll("details")) element.open = true;
});
filter();
