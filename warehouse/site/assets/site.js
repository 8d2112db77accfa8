"use strict";
/* Tables: search, order and filters, kept in the address. Papers: what a marked claim says. No library, no request
   but for the scripts with the rows of a table, which lie beside the page. */

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined && text !== null) element.textContent = text;
  return element;
}

/* A row in the scripts: standings by variant, then its cells, each a text or [text, sort key, link, note]. */
function readRow([standings, ...cells]) {
  return { standings, cells: cells.map((cell) => (Array.isArray(cell) ? cell : [cell])) };
}

function folded(text) {
  return text.normalize("NFKC").toLowerCase();
}

class RowStore {
  constructor(table) {
    this.urls = table.dataset.scripts.split(" ").filter(Boolean).map((name) => table.dataset.root + name);
    this.rows = [];
    this.loading = null;
    window.paperclaims = { add: (rows) => { for (const row of rows) this.rows.push(readRow(row)); } };
  }

  load() {
    this.loading ??= Promise.all(this.urls.map((url) => new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = url;
      script.async = false;
      script.onload = done;
      script.onerror = () => failed(new Error(url));
      document.head.append(script);
    }))).then(() => this.rows);
    return this.loading;
  }
}

class TableView {
  constructor(table) {
    this.table = table;
    this.rowsAPage = Number(table.dataset.rowsAPage);
    this.body = table.tBodies[0];
    this.form = document.querySelector(".tools");
    this.status = document.querySelector(".status");
    this.pages = document.querySelector(".pages");
    this.store = new RowStore(table);
    this.columns = [...table.tHead.rows[0].cells].map((head) => ({
      head, name: head.dataset.name, label: head.textContent, numeric: head.classList.contains("number"),
    }));
    this.total = Number(this.status.dataset.total);
    this.form.hidden = false;
    this.pages.hidden = this.total <= this.rowsAPage;
    this.addSortButtons();
    this.readAddress();
    const filters = this.form.querySelector(".filters");
    const used = [...filters.querySelectorAll("input")].some((input) => (input.type === "checkbox" ? input.checked : input.value));
    filters.open = used || matchMedia("(min-width: 46rem)").matches;
    this.listen();
    this.state.toString() ? this.show() : this.tellPage(1, this.total);
  }

  addSortButtons() {
    for (const column of this.columns) {
      const button = make("button", "", column.label);
      button.type = "button";
      button.addEventListener("click", () => this.sortBy(column));
      column.head.replaceChildren(button);
    }
  }

  listen() {
    let timer;
    this.form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.readForm(), 150);
    });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.readForm(); });
    this.form.addEventListener("reset", () => setTimeout(() => this.change(new URLSearchParams())));
    this.pages.addEventListener("click", (event) => {
      const step = Number(event.target.dataset?.step);
      if (step) this.turn(step);
    });
    addEventListener("popstate", () => { this.readAddress(); this.show(); });
  }

  readAddress() {
    this.state = new URLSearchParams(location.search);
    for (const input of this.form.elements) {
      if (input.type === "checkbox") input.checked = this.state.get(input.name) === "1";
      else if (input.name) input.value = this.state.get(input.name) ?? "";
    }
  }

  readForm() {
    const state = new URLSearchParams();
    for (const input of this.form.elements) {
      const value = input.type === "checkbox" ? (input.checked ? "1" : "") : input.value.trim();
      if (input.name && value) state.set(input.name, value);
    }
    if (this.state.has("sort")) state.set("sort", this.state.get("sort"));
    if (state.toString() !== this.state.toString()) this.change(state);
  }

  change(state) {
    this.state = state;
    const query = state.toString();
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
    return this.show();
  }

  sortBy(column) {
    const state = new URLSearchParams(this.state);
    const [first, second] = column.numeric ? [`-${column.name}`, column.name] : [column.name, `-${column.name}`];
    if (column.name === "place") state.get("sort") === "place" ? state.set("sort", "-place") : state.set("sort", "place");
    else if (state.get("sort") === first) state.set("sort", second);
    else if (state.get("sort") === second) state.delete("sort");
    else state.set("sort", first);
    state.delete("page");
    this.change(state);
  }

  async turn(step) {
    const state = new URLSearchParams(this.state);
    const page = Math.max(1, Number(state.get("page") || 1) + step);
    page > 1 ? state.set("page", String(page)) : state.delete("page");
    await this.change(state);
    this.status.scrollIntoView({ block: "start" });
  }

  async show() {
    const asked = this.state;
    this.status.textContent = "Loading all rows…";
    let rows;
    try {
      rows = await this.store.load();
    } catch (error) {
      this.status.textContent = `The rows could not be read: ${error.message} is missing.`;
      return;
    }
    if (asked !== this.state) return;
    this.variant = 0;
    for (const box of this.form.querySelectorAll("[data-bit]")) {
      if (this.state.get(box.name) === "1") this.variant += 1 << Number(box.dataset.bit);
    }
    const found = this.sorted(this.filtered(rows));
    const last = Math.max(1, Math.ceil(found.length / this.rowsAPage));
    const page = Math.min(Math.max(1, Math.floor(Number(this.state.get("page"))) || 1), last);
    this.body.replaceChildren(...found.slice((page - 1) * this.rowsAPage, page * this.rowsAPage).map((row) => this.row(row)));
    this.tellSort();
    this.tellPage(page, found.length);
  }

  filtered(rows) {
    const words = folded(this.state.get("q") ?? "").split(/\s+/).filter(Boolean);
    const tests = [];
    for (const input of this.form.querySelectorAll("[data-column]")) {
      const wanted = this.state.get(input.name);
      const index = Number(input.dataset.column);
      if (!wanted) continue;
      if (input.type === "date") tests.push((row) => row.cells[index][0] >= wanted);
      else { const part = folded(wanted); tests.push((row) => folded(row.cells[index][0]).includes(part)); }
    }
    return rows.filter((row) => {
      if (!row.standings[this.variant] || !tests.every((test) => test(row))) return false;
      if (!words.length) return true;
      row.text ??= folded(row.cells.map(([text, , , note]) => (note ? `${text} ${note.join("")}` : text)).join("\n"));
      return words.every((word) => row.text.includes(word));
    });
  }

  key(row, index) {
    const { name } = this.columns[index];
    const [, place, papers] = row.standings[this.variant];
    if (name === "place") return place;
    if (name === "paper_count") return papers;
    const [text, sort] = row.cells[index];
    return sort ?? (text ? folded(text) : null);
  }

  sorted(rows) {
    const position = (row) => row.standings[this.variant][0];
    const sort = this.state.get("sort") ?? "";
    const index = this.columns.findIndex(({ name }) => name === sort.replace(/^-/, ""));
    if (index < 0) return rows.sort((a, b) => position(a) - position(b));
    const sign = sort.startsWith("-") ? -1 : 1;
    const keyed = rows.map((row) => ({ row, key: this.key(row, index) }));
    keyed.sort(({ row: a, key: x }, { row: b, key: y }) => {
      if (x === y) return position(a) - position(b);
      if (x === null || x === undefined) return 1;
      if (y === null || y === undefined) return -1;
      return (x < y ? -1 : 1) * sign;
    });
    return keyed.map(({ row }) => row);
  }

  row(row) {
    const line = make("tr");
    this.columns.forEach((column, index) => {
      const cell = make("td", `c-${column.name}${column.numeric ? " number" : ""}`);
      cell.dataset.label = column.label;
      cell.dir = "auto";
      const [, place, papers] = row.standings[this.variant];
      const [text, , href, note] = row.cells[index];
      if (column.name === "place") cell.textContent = place ?? "";
      else if (column.name === "paper_count") cell.textContent = papers ?? "";
      else if (href) cell.append(this.link(text, href));
      else cell.textContent = text;
      if (note) cell.append(this.note(note));
      line.append(cell);
    });
    return line;
  }

  link(text, href) {
    const link = make("a", "", text);
    const outside = /^https?:/.test(href);
    link.href = outside ? href : this.table.dataset.root + href;
    if (outside) link.rel = "noopener nofollow";
    return link;
  }

  note([before, span, after]) {
    const note = make("span", "note");
    note.dir = "auto";
    note.append(before, ...(span ? [make("mark", "", span)] : []), after);
    return note;
  }

  tellSort() {
    const sort = this.state.get("sort") ?? "";
    for (const { head, name } of this.columns) {
      if (sort === name) head.setAttribute("aria-sort", "ascending");
      else if (sort === `-${name}`) head.setAttribute("aria-sort", "descending");
      else head.removeAttribute("aria-sort");
    }
  }

  tellPage(page, count) {
    const from = Math.min(count, (page - 1) * this.rowsAPage + 1);
    const to = Math.min(count, page * this.rowsAPage);
    const number = (value) => value.toLocaleString("en");
    const rows = `${number(count)} ${count === 1 ? "row" : "rows"}`;
    if (!count) this.status.textContent = "No row matches: clear a filter, or search for less.";
    else this.status.textContent = count > this.rowsAPage ? `${number(from)} to ${number(to)} of ${rows}` : rows;
    this.pages.hidden = count <= this.rowsAPage;
    this.pages.querySelector(".where").textContent = `Page ${number(page)} of ${number(Math.max(1, Math.ceil(count / this.rowsAPage)))}`;
    this.pages.querySelector('[data-step="-1"]').disabled = page <= 1;
    this.pages.querySelector('[data-step="1"]').disabled = to >= count;
  }
}

/* What a claim says, beside its words: on hover, focus or tap; Escape closes it, and it can be hovered itself. */
class Bubble {
  constructor(element) {
    this.element = element;
    for (const claim of document.querySelectorAll(".claim")) {
      claim.addEventListener("mouseenter", () => this.open(claim));
      claim.addEventListener("mouseleave", () => this.closeSoon());
      claim.addEventListener("focus", () => this.open(claim));
      claim.addEventListener("blur", () => this.close());
      claim.addEventListener("click", () => this.open(claim));
    }
    element.addEventListener("mouseenter", () => clearTimeout(this.timer));
    element.addEventListener("mouseleave", () => this.closeSoon());
    addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
    addEventListener("click", (event) => { if (!event.target.closest(".claim, #bubble")) this.close(); });
    addEventListener("hashchange", () => this.openTarget());
    this.openTarget();
  }

  openTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const claim = target?.classList.contains("anchor") ? target.parentElement.querySelector(`[aria-describedby~="${target.id.replace("claim-", "slots-")}"]`) : target;
    if (claim?.classList.contains("claim")) this.open(claim);
  }

  open(claim) {
    this.close();
    this.claim = claim;
    this.cards = claim.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id));
    for (const lit of [claim, ...this.cards]) lit.classList.add("lit");
    if (matchMedia("(min-width: 62rem)").matches && this.cards.every((card) => this.seen(card))) return;
    this.element.replaceChildren(...this.cards.map((card) => {
      const copy = make("div", "slots lit");
      copy.append(...[...card.children].map((child) => child.cloneNode(true)));
      for (const link of copy.querySelectorAll("a")) link.replaceWith(make("b", "", link.textContent));
      return copy;
    }));
    this.element.setAttribute("aria-hidden", "true");
    this.element.hidden = false;
    this.place();
  }

  /* Where the list beside the text already shows the card, lighting it up is enough. */
  seen(card) {
    const { top, bottom } = card.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  }

  place() {
    const words = this.claim.getClientRects()[0];
    const { width, height } = this.element.getBoundingClientRect();
    const left = Math.max(16, Math.min(words.left, document.documentElement.clientWidth - width - 16));
    const below = words.bottom + 6 + height < innerHeight || words.top < height + 12;
    this.element.style.left = `${left + scrollX}px`;
    this.element.style.top = `${(below ? words.bottom + 6 : words.top - height - 6) + scrollY}px`;
  }

  closeSoon() {
    this.timer = setTimeout(() => this.close(), 250);
  }

  close() {
    clearTimeout(this.timer);
    this.element.hidden = true;
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  }
}

for (const table of document.querySelectorAll("table[data-scripts]")) new TableView(table);
const bubble = document.getElementById("bubble");
if (bubble) new Bubble(bubble);
